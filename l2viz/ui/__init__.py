"""The Streamlit page: controls -> Experiment, the lesson's texts, the layout."""
