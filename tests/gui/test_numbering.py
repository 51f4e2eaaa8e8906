# Items have other rows in later codes: looks follow their items.
import numpy as np
from aekit_gui.models.look import Journey, Look, Place
from aekit_gui.models.numbering import positions_in, renumbered, rows_in

LOOK = Look(
    projection="items", axes=(0, 2, 1), selected=(0, 2), here=Place((1.0,), "here", 2), pins=(Place((2.0,), "pin"),),
    journey=Journey((Place((3.0,), "walk", 1),)), files=(Place((4.0,), "file", None, "a.png"),),
)  # fmt: skip


def test_rows_and_positions_lead_to_each_other_in_any_order():
    index = np.array([7, 3, 100, 5])

    assert positions_in(index)(np.array([2, 0, -1, 4])).tolist() == [100, 7, -1, -1]
    assert rows_in(index)(np.array([100, 7, 4, -1, 101])).tolist() == [2, 0, -1, -1, -1]
    assert rows_in(index[:0])(np.array([3])).tolist() == [-1]
    assert positions_in(index[:0])(np.array([3])).tolist() == [-1]


def test_a_look_follows_its_items_and_leaves_out_those_that_are_gone():
    look = renumbered(LOOK, positions_in(np.array([70, 50, 60])))
    assert (look.projection, look.axes, look.selected) == ("items", (70, 60, 50), (60, 70))
    assert (look.here.row, look.journey.waypoints[0].row, look.pins, look.files) == (
        60,
        50,
        LOOK.pins,
        LOOK.files,
    )
    assert renumbered(look, rows_in(np.array([70, 50, 60]))) == LOOK

    gone = renumbered(LOOK, positions_in(np.array([70, 50])))
    assert (gone.projection, gone.axes, gone.selected, gone.here.row) == ("pca", (), (70,), None)
    assert gone.here.code == LOOK.here.code
