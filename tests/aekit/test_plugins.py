# Plugins that are broken, of another version, or registered twice: their own problem, said in one sentence.
"""Plugins that are broken, of another version, or registered twice: their own problem, said in one sentence."""

import subprocess
import sys
from types import SimpleNamespace

import pydantic
import pytest

from aekit import plugins
from aekit.errors import PluginError, UsageError


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Make distributions appear on the path: files, and entry points in their metadata."""

    def install(name, entry_points, **files):
        for stem, content in files.items():
            (tmp_path / f"{stem}.py").write_text(content)
        about = tmp_path / f"{name.replace('-', '_')}-1.2.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\nSummary: A test\n"
        )
        (about / "entry_points.txt").write_text(entry_points)
        plugins.registrations.cache_clear()

    monkeypatch.syspath_prepend(tmp_path)
    yield install
    plugins.registrations.cache_clear()


def test_a_plugin_that_raises_at_import_names_its_distribution(install):
    install("broken-plugin", "[aekit.modalities]\nbroken = broken_plugin:Thing\n", broken_plugin="1 / 0")

    with pytest.raises(
        PluginError, match=r"'broken' of broken-plugin 1\.2 cannot be imported: ZeroDivisionError"
    ):
        plugins.modality("broken")
    assert plugins.modality("image").__name__ == "ImageModality"


def test_a_plugin_without_its_class_is_said_to_be_so(install):
    install("hollow", "[aekit.modalities]\nhollow = hollow_plugin:Thing\n", hollow_plugin="")
    with pytest.raises(PluginError, match="AttributeError"):
        plugins.modality("hollow")


def test_something_that_is_no_modality_is_refused(install):
    install("odd", "[aekit.modalities]\nodd = odd_plugin:Thing\n", odd_plugin="class Thing: pass")
    with pytest.raises(PluginError, match="no subclass of aekit.Modality"):
        plugins.modality("odd")


@pytest.mark.parametrize(("version", "remedy"), [("(2, 0)", "a newer aekit"), ("(0, 9)", "a newer future")])
def test_another_version_of_the_contract_is_refused(install, version, remedy):
    code = f"from aekit_image import ImageModality\nclass Thing(ImageModality):\n    api = {version}\n"
    install("future", "[aekit.modalities]\nfuture = future_plugin:Thing\n", future_plugin=code)
    sys.modules.pop("future_plugin", None)
    with pytest.raises(PluginError, match=f"this aekit speaks 1.0. Install {remedy}"):
        plugins.modality("future")


def test_a_name_taken_twice_costs_only_that_name(install):
    install("one", "[aekit.modalities]\nsame = one_plugin:Thing\n", one_plugin="")
    install("two", "[aekit.modalities]\nsame = two_plugin:Thing\n", two_plugin="")

    with pytest.raises(PluginError, match=r"registered by one \(one_plugin:Thing\) and by two"):
        plugins.modality("same")
    assert plugins.modality("image")


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(UsageError, match="Did you mean 'image'"):
        plugins.modality("imagee")


def call(tmp_path, *arguments):
    """The command line in a process of its own, with the test's distributions on the path."""
    code = "import sys; from aekit.cli import main; sys.argv[0] = 'aekit'; main()"
    environment = {"PYTHONPATH": str(tmp_path), "PATH": "", "OMP_NUM_THREADS": "1", "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, env=environment, timeout=60
    )


def test_lists_import_nothing(install, tmp_path):
    install("broken-plugin", "[aekit.modalities]\nbroken = broken_plugin:Thing\n", broken_plugin="1 / 0")
    for command in (["plugins"], ["sources"], ["--help"]):
        listed = call(tmp_path, *command)
        assert listed.returncode == 0, listed.stderr
    assert "broken-plugin 1.2" in call(tmp_path, "plugins").stdout


def test_commands_come_from_other_packages(install, tmp_path):
    code = "def wave(name: str):\n    '''Wave to somebody.'''\n    print('waving to', name)\n"
    install(
        "waves", "[aekit.commands]\nwave = wave_command:wave\nsink = sunk_command:sink\n", wave_command=code
    )

    assert "From waves 1.2" in call(tmp_path, "--help").stdout
    assert "Wave to somebody" in call(tmp_path, "wave", "--help").stdout
    assert call(tmp_path, "wave", "Ada").stdout == "waving to Ada\n"
    sunk = call(tmp_path, "sink")
    assert sunk.returncode == 1
    assert sunk.stderr.startswith(
        "aekit: The command 'sink' of waves 1.2 cannot be imported: ModuleNotFoundError"
    )


@pytest.mark.parametrize(
    ("command", "name"),
    [
        *(("train", name) for name in ("source", "config", "figures", "quiet", "out", "resume", "plugin")),
        ("train", "objective"),
        *(("compare", name) for name in ("source", "limit", "seeds", "runs", "objectives", "json", "out")),
    ],
)
@pytest.mark.filterwarnings("ignore:Field name")
def test_an_option_called_like_a_flag_is_the_plugins_fault(monkeypatch, capsys, command, name):
    from aekit_image import ImageModality

    from aekit.cli import run
    from aekit.testing.data_checks import option_names_are_free

    kind = pydantic.create_model("Named", __base__=ImageModality.Options, **{name: (int, 3)})
    monkeypatch.setattr(ImageModality, "Options", kind)

    assert run([command, "--plugin", "image", "--help"]) == PluginError.exit_status
    said = f"The option '{name}' of the plugin 'image' is called like a flag of `aekit {command}`"
    assert said in capsys.readouterr().err
    with pytest.raises(PluginError, match=f"'{name}' of the modality"):
        option_names_are_free(SimpleNamespace(kind=ImageModality))


def test_help_and_lists_load_no_torch(tmp_path):
    code = (
        "import sys; from aekit.cli import run; run(sys.argv[1:]);"
        "loaded = [name for name in ('torch', 'matplotlib', 'lightning_fabric') if name in sys.modules];"
        "print('LOADED', loaded)"
    )
    for command in (["--help"], ["plugins"], ["sources"], ["runs", str(tmp_path)]):
        done = subprocess.run(
            [sys.executable, "-c", code, *command], capture_output=True, text=True, timeout=60
        )
        assert "LOADED []" in done.stdout, (command, done.stdout, done.stderr)
