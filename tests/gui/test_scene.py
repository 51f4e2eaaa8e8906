# The map follows the look: layout, colours, filters, search, selection, marks, camera.
import numpy as np
import pytest
from aekit_gui.controllers.commands import commands_of
from aekit_gui.controllers.explorer import Explorer
from aekit_gui.controllers.manifold import ManifoldController
from aekit_gui.controllers.scene import SceneController
from aekit_gui.models.look import Camera, Journey, Look, Place
from aekit_gui.models.store import Store
from aekit_gui.theme import DARK
from aekit_gui.work.protocol import Problem
from stand_ins import Map, Messages, Model, Now, Widget, opened, sidebar, space


@pytest.fixture(autouse=True)
def no_kept_layouts(monkeypatch):
    monkeypatch.setattr("aekit_gui.controllers.scene.cached_positions", lambda codes, run: None)


def scene_of(latent_dim=2, look=None, **changes):
    model, found = Model(), space(latent_dim, **changes)
    explorer = Explorer(found.run.path, Store(look), found, model, lambda: model, Now(), Messages())
    scene = SceneController(explorer, Map(), sidebar())
    explorer.opened = opened()
    scene.start()
    return scene, explorer, model


def test_all_items_are_shown_in_their_classes_colours_and_fit_the_window():
    scene, explorer, _ = scene_of()

    rgb, shown, selected = scene.map.told["set_colours"]
    labels = explorer.space.labels
    assert shown is None and selected is None
    assert all(len(np.unique(rgb[labels == label], axis=0)) == 1 for label in range(3))
    assert len(np.unique(rgb, axis=0)) == 3
    assert np.array_equal(scene.map.told["set_points"][0], explorer.space.codes)
    camera, positions = scene.map.camera, explorer.space.codes
    assert (np.abs(positions - [camera.x, camera.y]) * camera.scale <= [400, 300]).all()


def test_a_class_is_hidden_isolated_and_brought_back_and_undo_knows_the_words():
    scene, explorer, _ = scene_of()

    scene.sidebar.label_toggled.emit(1)
    assert np.array_equal(scene.map.told["set_colours"][1], explorer.space.labels != 1)
    assert explorer.store.undo_words == "Hide b"
    scene.sidebar.label_isolated.emit(2)
    assert np.array_equal(scene.map.told["set_colours"][1], explorer.space.labels == 2)
    scene.sidebar.all_wanted.emit()
    assert scene.map.told["set_colours"][1] is None
    assert [explorer.store.undo() for _ in range(3)] == ["Show all classes", "Show only c", "Hide b"]
    assert explorer.store.look == Look(camera=explorer.store.look.camera)


def test_search_asks_for_names_once_and_shows_what_matches():
    scene, explorer, model = scene_of()

    scene.sidebar.search_changed.emit("reel 7")
    asked = model.take("names")
    assert np.array_equal(asked.arguments["index"], explorer.space.index)
    asked.done([f"reel {number}" if number % 2 else f"jig {number}" for number in range(300)])

    shown = scene.map.told["set_colours"][1]
    assert shown[7] and shown[71] and not shown[8] and not shown[70]
    scene.sidebar.search_changed.emit("reel 171")
    assert not model.asked and np.flatnonzero(scene.map.told["set_colours"][1]).tolist() == [171]


def test_a_selection_is_of_shown_items_and_can_grow_and_shrink():
    scene, explorer, _ = scene_of()
    scene.sidebar.label_toggled.emit(int(explorer.space.labels[5]))

    scene.map.rows_selected.emit(np.arange(10), "set")
    first = explorer.store.look.selected
    scene.map.rows_selected.emit(np.arange(10, 20), "add")
    grown = explorer.store.look.selected
    scene.map.rows_selected.emit(np.arange(10), "remove")

    assert first and 5 not in first and set(first) < set(grown)
    assert set(explorer.store.look.selected) == set(grown) - set(first)
    assert np.array_equal(np.flatnonzero(scene.map.told["set_colours"][2]), explorer.store.look.selected)


def test_colouring_by_an_attribute_has_it_measured_once():
    scene, _, model = scene_of()

    scene.sidebar.colour_chosen.emit("ink")
    model.take("attributes").done({"ink": np.linspace(0, 1, 300)})
    first = scene.map.told["set_colours"][0]
    scene.sidebar.colour_chosen.emit("label")
    scene.sidebar.colour_chosen.emit("ink")

    assert not model.asked and np.array_equal(scene.map.told["set_colours"][0], first)
    assert len(np.unique(first, axis=0)) > 50
    scene.set_theme(DARK)
    assert not np.array_equal(scene.map.told["set_colours"][0], first)


def test_what_cannot_be_measured_is_said_and_labels_come_back():
    scene, explorer, model = scene_of()

    scene.sidebar.colour_chosen.emit("ink")
    model.take("attributes").failed(Problem("The data are gone."))

    assert (
        explorer.store.look.colour == "label"
        and explorer.messages.problems[0].sentence == "The data are gone."
    )


def test_umap_is_computed_in_the_niced_process_and_can_be_cancelled():
    scene, explorer, model = scene_of(latent_dim=5)
    scene.sidebar.projection_chosen.emit("umap")
    call = model.take("umap")
    assert len(scene.map.told["set_points"][0]) == 300 and explorer.projected.kind == "pca"

    explorer.messages.bars[-1].cancel_it()
    assert call.cancelled and explorer.store.look.projection == "pca"

    scene.sidebar.projection_chosen.emit("umap")
    laid = np.random.default_rng(3).normal(size=(300, 2)).astype(np.float32)
    model.take("umap").done(laid)
    assert np.array_equal(scene.map.told["set_points"][0], laid) and explorer.projected.kind == "umap"


def laid(seed):
    return np.random.default_rng(seed).normal(size=(300, 2)).astype(np.float32)


def test_newer_codes_are_laid_out_by_umap_anew_and_what_comes_of_the_old_ones_is_let_go():
    scene, explorer, model = scene_of(latent_dim=5)
    scene.sidebar.projection_chosen.emit("umap")
    model.take("umap").done(laid(0))
    explorer.set_space(space(5, seed=1))
    late = model.take("umap")
    assert np.array_equal(late.arguments["codes"], explorer.space.codes) and explorer.projected.kind == "pca"

    explorer.set_space(space(5, seed=2))
    assert late.cancelled and "close" in explorer.messages.bars[-2].told
    late.done(laid(1))
    assert explorer.umap is None and explorer.projected.kind == "pca"
    model.take("umap").done(laid(2))
    assert np.array_equal(scene.map.told["set_points"][0], laid(2)) and explorer.projected.kind == "umap"


def test_umap_that_is_chosen_again_is_asked_for_where_there_is_none_and_never_twice():
    scene, explorer, model = scene_of(5, Look(projection="umap"))
    first = model.take("umap")
    scene.sidebar.projection_chosen.emit("umap")
    assert not model.asked
    explorer.store.change("Plane", projection="pca")
    scene.sidebar.projection_chosen.emit("umap")
    assert not model.asked and not first.cancelled

    scene._laying = None  # as where it was lost
    scene.sidebar.projection_chosen.emit("umap")
    assert model.names() == ["umap"]


def test_names_and_attributes_of_older_codes_are_let_go():
    scene, explorer, model = scene_of()
    scene.sidebar.search_changed.emit("reel")
    scene.sidebar.colour_chosen.emit("ink")
    old, measured = model.take("names"), model.take("attributes")
    explorer.set_space(space(2, count=200, seed=1))
    old.done([f"reel {number}" for number in range(300)])
    measured.failed(Problem("The process ended."))

    assert not scene.names and explorer.store.look.colour == "ink"
    assert model.names() == ["attributes"] and len(model.asked[0].arguments["index"]) == 200
    model.take("attributes").done({"ink": np.linspace(0, 1, 200)})
    model.take("names").done([f"reel {number}" for number in range(200)])
    assert len(scene.map.told["set_colours"][0]) == 200


def test_known_names_stay_where_the_rows_are_the_same_items():
    scene, explorer, model = scene_of()
    scene.sidebar.search_changed.emit("reel 7")
    model.take("names").done([f"reel {number}" for number in range(300)])
    explorer.set_space(space(seed=1))

    assert not model.asked and scene.map.told["set_colours"][1][7]


def test_a_plane_through_three_items_needs_three():
    scene, explorer, _ = scene_of(latent_dim=5)

    scene.sidebar.projection_chosen.emit("items")
    assert explorer.store.look.projection == "pca" and "three" in explorer.messages.said[0]
    scene.map.rows_selected.emit(np.array([3, 30, 200]), "set")
    scene.sidebar.projection_chosen.emit("items")

    assert explorer.store.look.axes == (3, 30, 200) and explorer.projected.exact
    places = explorer.projected.place(explorer.space.codes[[3, 30, 200]])
    assert np.allclose(explorer.projected.lift(places), explorer.space.codes[[3, 30, 200]], atol=1e-4)


def test_places_that_are_kept_are_marked():
    scene, explorer, _ = scene_of()
    place = Place((1.0, 2.0), "a file")

    explorer.store.change("all", pins=(place,), files=(place,), journey=Journey((place, place)), here=place)

    marks = scene.map.told["set_marks"][0]
    assert [(mark.kind, mark.text) for mark in marks] == [
        ("file", "a file"), ("waypoint", "1"), ("waypoint", "2"), ("pin", "A"), ("here", ""),
    ]  # fmt: skip
    assert all((mark.x, mark.y) == (1, 2) for mark in marks)


def test_the_window_may_change_its_size_until_the_map_was_moved():
    scene, explorer, _ = scene_of()
    fitted = explorer.store.look.camera

    scene.map.width = lambda: 400
    scene.map.resized.emit()
    smaller = explorer.store.look.camera
    scene.map.camera_changed.emit(Camera(1, 1, 9))
    scene.map.resized.emit()

    assert smaller.scale < fitted.scale and explorer.store.look.camera == Camera(1, 1, 9)
    assert not explorer.store.undo_words


def test_an_item_is_taken_where_it_is_near_enough():
    scene, explorer, _ = scene_of()
    x, y = (float(value) for value in explorer.space.codes[9])

    assert scene.row_at(x, y) == 9
    assert scene.row_at(x + 1e4, y) is None


def test_tiles_are_decoded_one_at_a_time_and_only_of_a_plane():
    scene, explorer, model = scene_of()
    manifold = ManifoldController(explorer, scene.map)
    manifold.renew()
    keys = manifold.pyramid.wanted(scene.map.camera, (800, 600), 24.0) or []
    keys = keys or manifold.pyramid.wanted(Camera(0, 0, 400), (800, 600), 24.0)
    assert len(keys) > 1

    scene.map.tiles_wanted.emit(keys)
    assert model.names() == ["pictures"]
    asked = model.take("pictures")
    assert np.allclose(asked.arguments["codes"], manifold.pyramid.places(keys[0]), atol=1e-5)
    asked.done([np.zeros((4, 4, 3), np.uint8)] * len(asked.arguments["codes"]))
    assert scene.map.told["add_tile"][0] == keys[0] and model.names() == ["pictures"]

    deep, other, _ = scene_of(latent_dim=6)
    none = ManifoldController(other, deep.map)
    none.renew()
    assert none.pyramid is None
    other.store.change("plane", lift="plane")
    assert none.pyramid is not None


def test_every_action_that_needs_a_run_does_something():
    from aekit_gui.actions import ACTIONS

    scene, explorer, _ = scene_of()
    run = Widget(explorer=explorer, scene=scene, map=scene.map, sidebar=scene.sidebar, pins=Widget(), hover=Widget(),
                 files=Widget(), journey=Widget(), sound=Widget(), desktop=Widget(), visited=set())  # fmt: skip
    bound = commands_of(run)

    elsewhere = {"view.sliders", "view.journey"}
    assert {action.id for action in ACTIONS if action.when} - bound.keys() <= elsewhere


def test_return_in_the_search_goes_from_one_found_item_to_the_next():
    scene, explorer, _ = scene_of()
    scene.sidebar.search_changed.emit("b")
    rows = np.flatnonzero(explorer.space.labels == 1)

    visited = []
    for _ in range(3):
        scene.sidebar.search_entered.emit()
        visited.append(explorer.store.look.here.row)
    assert visited == rows[:3].tolist()

    scene.sidebar.search_changed.emit("no such words")
    scene.sidebar.search_entered.emit()
    assert explorer.messages.said == ["Nothing on the map has these words."]


def test_stand_ins_know_nothing_that_the_widgets_do_not():
    from aekit_gui.views.map import MapView
    from aekit_gui.views.sidebar import Sidebar

    scene, explorer, _ = scene_of(latent_dim=5)
    scene.sidebar.label_toggled.emit(1)
    scene.sidebar.tool_chosen.emit("lasso")
    scene.sidebar.search_changed.emit("b")
    explorer.store.change("all", here=Place((0.0,) * 5), journey=Journey((Place((1.0,) * 5),)))

    for stand_in, real in ((scene.map, MapView), (scene.sidebar, Sidebar)):
        signals = {name for name in vars(stand_in) if hasattr(getattr(stand_in, name), "slots")}
        assert stand_in.told and not (signals | stand_in.told.keys()) - set(dir(real))
