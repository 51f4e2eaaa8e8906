# Which tiles of the decoded manifold are seen, and what stands in for those that are not there yet.
import numpy as np
import pytest
from aekit_gui.models.camera import seen, to_screen
from aekit_gui.models.look import Camera
from aekit_gui.models.tiles import SIDE, Pyramid, TileKey, sheet

SIZE = (800.0, 600.0)
CAMERAS = [Camera(0, 0, 50), Camera(-3.7, 12.2, 777), Camera(0.1234567, -1e-3, 3e8), Camera(5, 5, 0.01)]


@pytest.mark.parametrize("camera", CAMERAS)
def test_wanted_tiles_cover_what_is_seen_without_overlap(camera):
    keys = Pyramid().wanted(camera, SIZE, 28)
    left, bottom, right, top = seen(camera, SIZE)
    boxes = np.array([key.box for key in keys])

    assert len(set(keys)) == len(keys) and len({key.level for key in keys}) == 1
    assert boxes[:, 0].min() <= left and boxes[:, 2].max() >= right
    assert boxes[:, 1].min() <= bottom and boxes[:, 3].max() >= top
    assert (boxes[:, 0] < right).all() and (boxes[:, 2] > left).all()
    columns, rows = {key.column for key in keys}, {key.row for key in keys}
    assert len(columns) * len(rows) == len(keys) <= 30


@pytest.mark.parametrize("camera", CAMERAS)
def test_cells_are_as_small_as_they_may_be(camera):
    cell = Pyramid().wanted(camera, SIZE, 28)[0].side / SIDE * camera.scale
    assert 28 <= cell < 56


def test_tiles_come_from_the_middle_outwards():
    camera = Camera(3.3, -1.2, 120)
    keys = Pyramid().wanted(camera, SIZE, 20)
    middles = np.array([[(a + c) / 2, (b + d) / 2] for a, b, c, d in (key.box for key in keys)])
    far = np.hypot(*(middles - (camera.x, camera.y)).T)
    assert (np.diff(far) > -1e-9).all()


def test_places_are_cell_middles_line_by_line_from_the_top():
    places = Pyramid().places(TileKey(3, 1, -1))  # cells of an eighth; one unit from (1, -1) to (2, 0)
    assert places.shape == (64, 2)
    assert places[0].tolist() == [1.0625, -0.0625] and places[1].tolist() == [1.1875, -0.0625]
    assert places[-1].tolist() == [1.9375, -0.9375]


def test_a_tile_stays_where_it_is_under_the_deepest_zoom():
    camera = Camera(0.123, 0.456, 1e12)
    key = Pyramid().wanted(camera, SIZE, 28)[0]
    places = to_screen(camera, SIZE, Pyramid().places(key))
    assert np.allclose(np.diff(places[:SIDE, 0]), np.ldexp(camera.scale, -key.level), atol=1)


def test_a_coarser_tile_stands_in_with_its_part():
    pyramid, key = Pyramid(), TileKey(5, 13, -6)
    assert pyramid.stand_in(key) is None
    pyramid.add(key.above(3), "coarse", 10)
    pyramid.add(key.above(1), "finer", 10)
    coarser, (left, top, width, height) = pyramid.stand_in(key)

    assert coarser == TileKey(4, 6, -3) and (left, top, width, height) == (0.5, 0.5, 0.5, 0.5)
    box, own = coarser.box, key.box
    assert own[0] == box[0] + left * coarser.side and own[3] == box[3] - top * coarser.side
    pyramid.add(key, "own", 10)
    assert pyramid.stand_in(key) == (key, (0.0, 0.0, 1.0, 1.0)) and pyramid.picture(key) == "own"


def test_parts_of_a_grandparent_are_quarters():
    key = TileKey(2, -1, 2)  # at the right end of tile (-1, 0) of level 0, and in its upper half
    assert key.part_of(key.above(2)) == (0.75, 0.25, 0.25, 0.25)
    assert key.above(2) == TileKey(0, -1, 0)


def test_the_longest_unused_pictures_go_when_there_is_no_more_room():
    pyramid = Pyramid(room=300)
    keys = [TileKey(0, column, 0) for column in range(4)]
    for key in keys[:3]:
        pyramid.add(key, key.column, 100)
    pyramid.picture(keys[0])
    pyramid.add(keys[3], 3, 100)

    assert keys[1] not in pyramid and keys[0] in pyramid and pyramid.used == 300
    pyramid.add(keys[0], "new", 50)
    assert pyramid.used == 250 and pyramid.picture(keys[0]) == "new" and len(pyramid) == 3
    pyramid.add(keys[1], "huge", 10_000)
    assert len(pyramid) == 1 and pyramid.used == 10_000
    pyramid.clear()
    assert len(pyramid) == 0 and pyramid.used == 0


def test_missing_tiles_begin_with_a_coarse_cover():
    pyramid, camera = Pyramid(), Camera(0.3, 0.3, 400)
    missing, wanted = pyramid.missing(camera, SIZE, 28), pyramid.wanted(camera, SIZE, 28)
    coarse = [key for key in missing if key not in wanted]

    assert coarse == missing[: len(coarse)] and {key.level for key in coarse} == {wanted[0].level - 2}
    assert [key for key in missing if key in wanted] == wanted
    for key in coarse:
        pyramid.add(key, "", 1)
    assert pyramid.missing(camera, SIZE, 28) == wanted
    pyramid.add(wanted[0], "", 1)
    assert pyramid.missing(camera, SIZE, 28) == wanted[1:]


def test_a_sheet_puts_each_picture_into_the_middle_of_its_cell():
    pictures = [np.full((2, 4, 3), number, np.uint8) for number in range(64)]
    made = sheet(pictures, (200, 0, 0))
    assert made.shape == (32, 32, 3)
    assert (made[1:3, 4:8] == 1).all() and (made[29:31, 28:32] == 63).all()
    assert (made[0] == (200, 0, 0)).all()
    assert sheet([], (1, 2, 3)).shape == (8, 8, 3)
