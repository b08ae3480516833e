# The page in a container: docker build -t l2viz . && docker run -p 8501:8501 l2viz
# It needs no network when it runs. assets/deployment/README.md says where else it can be put.

FROM python:3.12-slim AS packages
COPY requirements.txt ./
COPY assets/requirements assets/requirements
RUN python -m venv /packages && /packages/bin/pip install --no-cache-dir -r requirements.txt

FROM python:3.12-slim
RUN useradd --create-home --uid 1000 l2viz
COPY --from=packages /packages /packages
WORKDIR /l2viz
COPY app.py ./
COPY .streamlit .streamlit
COPY l2viz l2viz
USER l2viz
ENV PATH=/packages/bin:$PATH L2VIZ_LOG=json
EXPOSE 8501
# Healthy while the page answers and a training process can be had.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/l2viz/status.json')"]
CMD ["streamlit", "run", "app.py", "--server.headless=true", "--server.port=8501"]
