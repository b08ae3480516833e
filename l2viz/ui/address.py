"""The page's address: what it opens, and what the page writes there."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import is_brought
from l2viz.experiment.url import Address, from_query, to_query
from l2viz.lesson import Passage
from l2viz.lesson.presets import presets
from l2viz.ui import following, opening, tour
from l2viz.ui.reading import catalogue
from l2viz.ui.session import Session


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What an address opens.

    scene                `scene` of a Session
    passage              of the opening, if any
    page                 key of a page beside the stage, or ""
    followed, shared     `following` and `sharing` of a Session
    address              experiment and view, and names that could not be read
    """

    scene: str
    passage: Passage | None
    page: str
    followed: str
    shared: str
    address: Address


def opened(given: Mapping[str, str]) -> Opened:
    """Return what a query opens. It is untrusted input."""
    query = dict(given)
    key = query.get("scene", "")
    scene = tour.begins_at(key)
    page = query.get("page", "")
    known = page in catalogue.PAGES
    for name, found in (("scene", scene), ("page", known)):
        if found:
            del query[name]
    passage = None if scene or known else opening.find(opening.taken_from(query))
    followed, shared = following.taken_from(query)
    begins = scene or passage or presets()[0]
    address = from_query(query, opening=begins.experiment)
    if passage or (scene and not set(query) - {"presenter"}):
        view = begins.view.presented(address.view.presenter)
        address = dataclasses.replace(address, view=view)
    return Opened(
        scene=key if scene else "",
        passage=passage,
        page=page if known else "",
        followed=followed,
        shared=shared,
        address=address,
    )


def write(session: Session, draft: Experiment) -> None:
    """Write what the page shows into its address."""
    view = session.view
    query = opening.query_of(session) if session.passage else to_query(draft, view)
    if scene := tour.begins_at(session.scene):
        as_it_begins = scene.view.presented(view.presenter)
        if query == to_query(scene.experiment, as_it_begins):
            query = {"presenter": query["presenter"]} if view.presenter else {}
        query = {"scene": session.scene} | query
    if is_brought(draft.dataset):
        query = {"lab": ""}  # nobody can open it: what was brought is in no address
    if session.page:
        query["page"] = session.page
    query = following.query_of(session, query)
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
