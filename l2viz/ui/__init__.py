"""The Streamlit page: controls -> Experiment, the lesson's words, the layout."""
