"""Categories over HTTP."""

import asyncio

from services.catalog.tests.api import Api, problem
from services.catalog.tests.shop import a_code


async def test_a_category_is_made_moved_and_listed_below_its_parent(api: Api) -> None:
    """CP-7, SE-4: what is sorted into a part is in the whole."""
    parent, child = a_code(), a_code()

    made = await api.put(f"/categories/{parent}", {"name": "Furniture"})
    await api.put(f"/categories/{child}", {"name": "Chairs"})
    moved = await api.put(f"/categories/{child}", {"name": "Chairs", "parent": parent})
    again = await api.put(f"/categories/{child}", {"name": "Chairs", "parent": parent})
    stale = await api.put(f"/categories/{child}", {"name": "Stools"}, If_Match='"1"')

    assert [a.status_code for a in (made, moved, again)] == [201, 200, 200]
    assert (moved.headers["etag"], again.headers["etag"]) == ('"2"', '"2"')
    assert problem(stale, 412, "STALE")["current"]["parent"] == parent
    below = await api.get(f"/categories?parent={parent}")
    assert [item["code"] for item in below["items"]] == [child]
    assert (await api.get(f"/categories/{child}"))["name"] == "Chairs"
    problem(await api.call("GET", "/categories/none"), 404, "NOT_FOUND")


async def test_a_category_is_never_part_of_itself(api: Api) -> None:
    """SE-4: also when two are moved under each other at once."""
    one, two = a_code(), a_code()
    for code in (one, two):
        await api.put(f"/categories/{code}", {"name": "A"})
    itself = await api.put(f"/categories/{one}", {"name": "A", "parent": one})
    problem(itself, 422, "CATEGORY_CYCLE", "/parent")
    unknown = await api.put(f"/categories/{one}", {"name": "A", "parent": "none"})
    problem(unknown, 422, "UNKNOWN_CATEGORY", "/parent")
    new = a_code()
    early = await api.put(f"/categories/{new}", {"name": "A", "parent": new})
    problem(early, 422, "UNKNOWN_CATEGORY", "/parent")
    problem(await api.call("GET", f"/categories/{new}"), 404, "NOT_FOUND")

    async with asyncio.TaskGroup() as group:
        moves = [
            group.create_task(api.put(f"/categories/{code}", {"name": "A", "parent": other}))
            for code, other in ((one, two), (two, one))
        ]

    assert sorted(move.result().status_code for move in moves) == [200, 422]


async def test_categories_are_not_stacked_without_end(api: Api) -> None:
    """SE-4: the way up is short, so that a search of a whole stays fast."""
    parent: str | None = None
    for _ in range(20):
        code = a_code()
        made = await api.put(f"/categories/{code}", {"name": "A", "parent": parent})
        assert made.status_code == 201
        parent = code
    deep = await api.put(f"/categories/{a_code()}", {"name": "A", "parent": parent})
    problem(deep, 422, "CATEGORY_TOO_DEEP", "/parent")
