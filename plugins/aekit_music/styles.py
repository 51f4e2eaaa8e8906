# What the synthetic patterns are made of: grooves, fills, bass figures, progressions and rhythms of each style.
"""What the synthetic patterns are made of, written for this project.

A line is one bar of 4/4, with `grid` places a beat: four, or three where it swings.
- A groove names drums, each with its line: X is an accent, x a stroke, o a soft stroke that some loops have.
- A bass figure has degrees over the chord's root (R 3 5 7 8), and leads to the next root with an a.
- A rhythm of a melody begins a note with an x. In both, - holds the note and . is a rest.
- A progression gives the degree of the chord of each of four bars.
"""

from __future__ import annotations

from typing import NamedTuple

KEYS = {
    "kick": 36,
    "snare": 38,
    "hat": 42,
    "open": 46,
    "low": 45,
    "mid": 48,
    "high": 50,
    "crash": 49,
    "ride": 51,
}
SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
FORMS = ("AA", "AB", "AAB", "ABA", "AABA", "ABAB", "AABB")  # a letter is four bars


class Style(NamedTuple):
    """One style; tempi in beats a minute."""

    name: str
    grid: int
    tempi: tuple[int, int]
    scales: tuple[str, ...]
    progressions: tuple[str, ...]
    grooves: tuple[str, ...]
    basses: tuple[str, ...]
    rhythms: tuple[str, ...]


FILLS: dict[int, tuple[str, ...]] = {
    4: (
        "snare xxxX............ high ....xxxX........ mid ........xxxX.... low ............xxxX",
        "snare x..x..x.X.xxX.xX kick x.......x....... hat ..x...x.........",
        "snare x.x.x.x.x.xxxxxX",
        "snare X..X....x.x..... high ..x..x......x... low ......x.......xX kick x...x...x...x...",
        "high x..x....x.x..... mid ..x...x...x.x... low .....x.x....x.xX",
        "snare X...x..xx..x.x.x kick ..x..x....x.x.x. open ..............X.",
    ),
    3: (
        "snare xxX......... high ...xxX...... mid ......xxX... low .........xxX",
        "snare x.xX.xx.xX.X kick x.....x.....",
        "snare X..x..xxxxxX kick ..x..x......",
        "snare x..x.x...... high ......x.x... low .........x.X kick ..x..x..x..x",
    ),
}
ENDINGS: dict[int, tuple[str, ...]] = {
    4: ("x-----------....", "x-x-x-------....", "x---x-------....", "x-x-----........", "x-xxx-----......"),
    3: ("x--------...", "x-xx-----...", "x--x-----...", "x-xx-xx--..."),
}
PLAIN = (
    "x---x---x---x---",
    "x---x-x-x-------",
    "x-x-x---x-x-x---",
    "..x-x-x-x---x---",
    "x-----x-x---x-x-",
    "x---....x-x-x-x-",
    "x--x--x-x---x---",
    "....x-x-x-x-x---",
)
BUSY = (
    "x-xxx-..x-x-..x-",
    "x--x--x--x--x-..",
    "..x-x-xxx-..x-x-",
    "x-x-..x-xxx-x-..",
    "x.x-.x-x.x-x--..",
    "...xx-x-...xx-x-",
    "x-..x-xx..x-x---",
)
SWUNG = (
    "x-xx-xx--x--",
    "x--x-xx-----",
    "..xx-xx-xx--",
    "x-----x-xx--",
    "x-x..xx--x-x",
    "x--x--x-xx--",
    "xxxx-xx--...",
)

STYLES = (
    Style(
        "rock",
        4,
        (104, 144),
        ("major", "minor", "mixolydian"),
        ("1564", "1645", "1454", "1765", "1414", "6415"),
        (
            "kick X..o..o.X.x..o.. snare ....X.....o.X..o hat X.x.X.x.X.x.X.x.",
            "kick X.o...x.o.x.o... snare ....X..o....X..o ride X.x.X.x.X.x.X.x.",
            "kick X..x..x.o.x...o. snare ....X.......X... open X...X...X...X...",
            "kick X.x...o.X.x...o. snare ....X.......X.o. hat X.x.X.x.X.x.X... open ..............x.",
        ),
        ("R-R-R-R-R-R-R-R-", "R-R-R-5-R-R-R-a-", "R-----R-R---5-a-", "R-R-8-R-R-R-8-a-", "R---R-R-R---R-5-"),
        PLAIN,
    ),
    Style(
        "pop",
        4,
        (96, 124),
        ("major", "minor"),
        ("1564", "6415", "1625", "4156", "1345"),
        (
            "kick X.....o.X.o...o. snare ....X.......X... hat X.x.X.x.X.x.X.x.",
            "kick X..x....x..o..o. snare ....X.......X... hat X.xxX.x.X.xxX.x.",
            "kick X...X...X...X... snare ....X.......X... hat x.x.x.x.x.x.x.x. high .......o.....oo.",
        ),
        ("R-----R-5---R-a-", "R-------R---5---", "R--R--R-R--R--5-", "R-R-R-R-R-R-R-a-"),
        PLAIN,
    ),
    Style(
        "ballad",
        4,
        (60, 84),
        ("major", "minor"),
        ("1645", "1536", "4516", "1251", "6251"),
        (
            "kick X.....o.x....... snare ....X.......X... hat x.x.x.x.x.x.x.x.",
            "kick X......ox.....o. snare ....X.......X..o ride x.o.x.o.x.o.x.o.",
            "kick X.........x...o. snare ........X....... hat x.x.x.x.x.x.x.x.",
        ),
        ("R-------5-------", "R-----5-8-----5-", "R-----------5-a-", "R-------R-----a-"),
        PLAIN,
    ),
    Style(
        "punk",
        4,
        (160, 200),
        ("major", "minor"),
        ("1451", "1454", "1643", "1754", "1564"),
        (
            "kick X...X...X...X.o. snare ..X...X...X...X. hat x.x.x.x.x.x.x.x.",
            "kick X..o..x.x..o..x. snare ....X.......X... open x.x.x.x.x.x.x.x.",
            "kick X.x.o.x.X.x.o.x. snare ....X.......X... ride X...X...X...X...",
        ),
        ("R-R-R-R-R-R-R-R-", "R-R-R-R-5-5-R-a-", "R-R-8-R-R-R-8-5-"),
        PLAIN,
    ),
    Style(
        "disco",
        4,
        (112, 128),
        ("minor", "dorian", "major"),
        ("1474", "1645", "2516", "6251", "1415"),
        (
            "kick X...X...X...X... snare ....X..o....X..o hat x...x...x...x... open ..x...x...x...x.",
            "kick X...X...X...X... snare ....X.......X... hat xx.xxx.xxx.xxx.x open ..x...x...x...x.",
            "kick X...X...X...X... snare ....X.......X.oo hat xxxxxxxxxxxxxxxx mid ......o..o....o.",
        ),
        ("R-8-R-8-R-8-R-8-", "R-8-R-8-5-8-a-a-", "R-R8R-R8R-R8R-58", "R-..8-5-R-..8-a-"),
        (*PLAIN[:5], *BUSY[:4]),
    ),
    Style(
        "house",
        4,
        (118, 128),
        ("minor", "dorian"),
        ("1111", "1171", "1616", "1475"),
        (
            "kick X...X...X...X... snare ....X.......X... open ..x...x...x...x. hat ...o...o...o...o",
            "kick X...X...X...X... snare ....X..o.o..X... hat x.xxx.xxx.xxx.xx ride ..o...o...o...o.",
            "kick X...X...X...X..o snare ...x..x....x..x. open ..x...x...x...x. low .o......o..o....",
        ),
        ("..R-..R-..R-..R-", "R-.R..R-..R-.R..", "..R...R8..R...57", "R--R--R-..R-8-R-"),
        BUSY,
    ),
    Style(
        "funk",
        4,
        (92, 112),
        ("dorian", "mixolydian"),
        ("1111", "1411", "1414", "1747"),
        (
            "kick X.o...x..ox..o.. snare ....X..o.o..X..o hat xxxxxxxxxxxxxxxx",
            "kick X.x...o..x..o.x. snare ....X..o.x.oX..o hat X.x.X.x.X.x.X... open ..............x.",
            "kick X..x..o...x..x.. snare .o..X..x.o..X..o hat x.xxx.x.x.xxx.x.",
            "kick x..o..x...x..o.x snare ....X.o..o.xX... ride x.x.x.x.x.x.x.x.",
        ),
        ("R..R..8.R-7..5.a", "R-.8.R..R..7-8..", "R...R.78..R.5.7.", "R.R.8..R..R-5.a-"),
        BUSY,
    ),
    Style(
        "hiphop",
        4,
        (78, 98),
        ("minor", "dorian"),
        ("1171", "1616", "1475", "1411"),
        (
            "kick X......o.xx..o.. snare ....X.......X... hat x.x.x.xox.x.x.xo",
            "kick X.x....x..x..o.. snare ....X..o....X... hat x.x.x.x.x.x.x.x.",
            "kick X..x......xo.... snare ....X.......X..o hat xxx.xxxxx.xxxx.x open ..............o.",
            "kick X.....x..o..o.x. snare ........X....... hat x.xxx.x.xxx.x.xx",
        ),
        ("R------...R-R-..", "R--R......R---5-", "R-......R-.R..7-", "R-----8-..R---..", "R--..R..R-----a-"),
        BUSY,
    ),
    Style(
        "reggae",
        4,
        (66, 84),
        ("minor", "major", "dorian"),
        ("1414", "1177", "1545", "1213"),
        (
            "kick ........X....... snare ........X....o.o hat x.x.x.x.x.xox.x.",
            "kick X...X...X...X... snare ........X..o..o. hat x.xox.x.x.xox.x.",
            "kick o.......X....... snare ....o...X....... ride ..x...x...x...x. hat x...x...x...x...",
        ),
        ("..R-R-5-8---..5-", "R---..R-3-5-....", "R--R--5-....R-a-", "....R-R-5--5--3-", "R-3-5-..R-3-5-.."),
        (*PLAIN[3:6], *BUSY[:3]),
    ),
    Style(
        "bossa",
        4,
        (112, 138),
        ("major", "minor"),
        ("1251", "2511", "1625", "1425", "6251"),
        (
            "kick X..xX..xX..xX..x snare x..x..x...x..x.. hat x.x.x.x.x.x.x.x.",
            "kick X..xX..xX..xX..x snare ..x...x..x...xo. hat x.x.x.x.x.x.x.x.",
            "kick X..xX..xX..xX..x snare x..x..x..x..x... ride x.x.x.x.x.xox.x.",
        ),
        ("R-----5-5-----R-", "R--R5---5--5R---", "R-----55R-----5a", "R-----5-8-----5-"),
        (*PLAIN[3:], *BUSY[1:4]),
    ),
    Style(
        "latin",
        4,
        (96, 116),
        ("minor", "major", "dorian"),
        ("1451", "1455", "1254", "1414"),
        (
            "kick ...x..x....x..x. snare ..x...o...x..o.. ride x.x.x.xxx.x.x.xx mid ......x.......xx",
            "kick X.....x.X.....x. high ....x.......x.o. low ......xx......xx hat X.x.X.x.X.x.X.x.",
            "kick X..x..x.X..x..o. snare x..x..x...x.x... mid ....x..o....x.xx ride x.xxx.x.x.xxx.x.",
        ),
        ("...R--5-...5--8-", "R--5--8-..5-8-a-", "R-..3-5-..R-3-5-", "R.....5-....8---"),
        (*PLAIN[2:6], *BUSY[:5]),
    ),
    Style(
        "samba",
        4,
        (92, 112),
        ("major", "minor"),
        ("1625", "1251", "1456", "1471"),
        (
            "kick x..xX..xx..xX..x snare x.xx.x.xx.xx.x.x hat ..x...x...x...x.",
            "kick x..xX..xx..xX..x ride x.xxx.x.xx.xx.xx snare ...o..x...o..x.. hat ..x...x...x...x.",
            "kick x..xX..xx..xX..x hat XxxxXxxxXxxxXxxx mid ..o..oo...x..o.o low ....X.......X...",
        ),
        ("R--RR--55--55--R", "R---5---R---5-a-", "R--R5--5R--R5--a"),
        BUSY,
    ),
    Style(
        "swing",
        3,
        (120, 200),
        ("major", "dorian", "mixolydian"),
        ("1625", "2511", "1425", "1451", "3625"),
        (
            "ride X..X.xX..X.x hat ...x.....x.. kick x..o..x..o.o snare ..o..o..o..o",
            "ride X..X.xX..X.x hat ...x.....x.. kick ..o..o.....o snare ..o..x..o...",
            "hat x..x.xx..x.x kick x.....x..o.. snare ...x.....x.o",
        ),
        ("R--3--5--a--", "R--5--8--a--", "R--R--5--a--", "R--3--5-78--", "R--7--5--a--"),
        SWUNG,
    ),
    Style(
        "shuffle",
        3,
        (92, 132),
        ("mixolydian", "dorian"),
        ("1411", "1415", "4411", "5415", "1111"),
        (
            "hat X.xX.xX.xX.x kick X..o.oX.o..o snare ...X.....X.o",
            "ride X.xX.xX.xX.x kick X.....X.o..x snare ..oX.o..oX.o",
            "hat X.xX.xX.xX.x kick X..X..X..X.. snare ...X.....X..",
        ),
        ("R-RR-R5-55-5", "R--3--5--7--", "R-R3-35-57-7", "R-.R-8..7-5-", "R--8--7--5-a"),
        SWUNG,
    ),
)
