# Settings: kept whole from one start to the next, and harmless where the file or the disk is damaged.
"""Settings: kept whole from one start to the next, and harmless where the file or the disk is damaged."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest
from aekit_gui.models import keeping
from aekit_gui.models.settings import DEFAULTS, MOST_RECENT, Settings, clamped

from aekit import places


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deep" / "settings.json"


def test_a_setting_comes_back_at_the_next_start(file):
    first = Settings(file)
    first["theme"], first["sound.volume"] = "dark", 0.25
    assert first.save()
    second = Settings(file)
    assert (second.theme, second["sound.volume"], second["scale"]) == ("dark", 0.25, 1.0)
    assert dict(second) == DEFAULTS | {"theme": "dark", "sound.volume": 0.25}


def test_nothing_is_written_without_a_change(file):
    settings = Settings(file)
    settings["theme"] = "dark"
    settings.save()
    file.unlink()
    settings["theme"] = "dark"
    assert settings.save() and not file.exists()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1]", b"\xff\xfe\x00", b"[" * 100_000, b'{"theme": 3, "scale": NaN}']
)
def test_a_damaged_file_means_defaults(file, content):
    file.parent.mkdir()
    file.write_bytes(content)
    assert dict(Settings(file)) == DEFAULTS


def test_values_of_another_type_mean_their_defaults(file):
    file.parent.mkdir()
    file.write_text(
        json.dumps({"scale": "1", "sound.volume": True, "sound.dwell": 1, "recents": "x", "theme": "light"})
    )
    assert dict(Settings(file)) == DEFAULTS | {"theme": "light"}


def test_what_a_newer_aekit_keeps_stays_in_the_file(file):
    file.parent.mkdir()
    file.write_text('{"pad": [1, 2]}')
    settings = Settings(file)
    settings["theme"] = "dark"
    settings.save()
    assert json.loads(file.read_text()) == {"pad": [1, 2], "theme": "dark"}


def test_two_windows_do_not_undo_each_other(file):
    one, other = Settings(file), Settings(file)
    one["theme"] = "dark"
    one.save()
    other["sound.volume"] = 0.1
    other.save()
    assert json.loads(file.read_text()) == {"theme": "dark", "sound.volume": 0.1}


def test_a_wrong_type_is_refused(file):
    with pytest.raises(ValueError, match="theme.*str.*3"):
        Settings(file)["theme"] = 3


def test_the_scale_stays_in_its_range_on_its_steps():
    assert [clamped(value) for value in (0.1, 0.84, 1.0000001, 1.26, 99)] == [0.8, 0.8, 1.0, 1.3, 2.0]


def test_the_last_opened_run_is_the_first_of_the_recent_ones(file, tmp_path):
    settings = Settings(file)
    for number in range(MOST_RECENT + 3):
        settings.opened(tmp_path / str(number))
    settings.opened(tmp_path / "7")
    names = [path.name for path in settings.recents]
    assert names[:2] == ["7", str(MOST_RECENT + 2)] and len(names) == len(set(names)) == MOST_RECENT


def test_a_full_disk_is_told_once_and_again_after_it_worked(file, monkeypatch):
    told = []
    settings = Settings(file, told.append)
    full = full_disk(monkeypatch)
    for volume in (0.1, 0.2, 0.3):
        settings["sound.volume"] = volume
        assert not settings.save()
    assert len(told) == 1 and "No space left" in told[0] and "settings.json" in told[0]
    full.undo()
    assert settings.save() and json.loads(file.read_text())["sound.volume"] == 0.3
    full_disk(monkeypatch)
    settings["sound.volume"] = 0.4
    settings.save()
    assert len(told) == 2


def test_it_is_written_at_most_every_two_seconds(file):
    settings = Settings(file)
    settings["sound.volume"] = 0.1
    assert settings.due(100.0)
    settings["sound.volume"] = 0.2
    assert not settings.due(101.0) and json.loads(file.read_text())["sound.volume"] == 0.1
    assert settings.due(102.5) and json.loads(file.read_text())["sound.volume"] == 0.2
    assert not settings.due(110.0)


def test_folders_follow_the_system(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert places.config_folder() == tmp_path / "aekit"
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert places.config_folder() == tmp_path / ".config/aekit"
    monkeypatch.delenv("XDG_STATE_HOME")
    assert places.state_folder() == tmp_path / ".local/state/aekit"
    monkeypatch.setattr(places.sys, "platform", "darwin")
    assert places.config_folder() == tmp_path / "Library/Application Support/aekit"
    monkeypatch.setattr(places.sys, "platform", "win32")
    monkeypatch.setenv("APPDATA", str(tmp_path / "Roaming"))
    assert places.config_folder() == tmp_path / "Roaming/aekit"


def test_the_shells_models_load_neither_qt_nor_torch():
    code = (
        "import sys, aekit_gui.models.settings, aekit_gui.models.session, aekit_gui.models.gallery\n"
        "print([name for name in ('PySide6', 'torch', 'matplotlib', 'aekit_image') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def full_disk(monkeypatch):
    """No more space, until the context that comes back is undone."""
    from aekit.files import cannot_write

    def refuse(path, value):
        raise cannot_write(path, OSError(errno.ENOSPC, "No space left on device"))

    monkeypatch.setattr(keeping, "write_json", refuse)
    return monkeypatch
