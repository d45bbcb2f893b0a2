"""Texts drawn at random that may be texts (`ground.texts`)."""

from hypothesis import strategies as st

from ground import texts


def is_prose(text: str) -> bool:
    """Whether nothing in it is refused."""
    try:
        texts.check_prose(text)
    except ValueError:
        return False
    return True


def prose(**bounds: int) -> st.SearchStrategy[str]:
    """Texts within bounds, as `st.text` draws them."""
    return st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from("\n\t"), **bounds
    ).filter(is_prose)
