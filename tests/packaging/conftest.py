"""The wheel, and fresh environments that hold it.

The wheel is built from the source distribution, so that one is whole, too. It is installed in a
fresh environment: an editable install finds files in the checkout that a wheel might lack. Only
the dependencies are shared with the environment that runs the tests, by a .pth file behind the
fresh environment's own packages: a copy of torch takes gigabytes and minutes, and says nothing
about painterkit.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from attrs import frozen

from ..conftest import Done, Workshop

ROOT = Path(__file__).parents[2]


def build_package(source: Path, folder: Path) -> Path:
    """Build the source distribution of a package, and the wheel from it; return the wheel."""
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(source)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(folder.glob("*.tar.gz"))) == 1
    [built] = folder.glob("*.whl")
    return built


@frozen
class Installed:
    """A fresh environment that holds the wheel."""

    folder: Path
    scripts: Path
    environment: dict[str, str]
    cwd: Path

    def try_to(self, *command: str, cwd: Path | None = None) -> Done:
        """Run a command of the environment, far from the checkout."""
        name, *arguments = command
        done = subprocess.run(
            [str(self.scripts / name), *arguments],
            cwd=cwd or self.cwd,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def run(self, *command: str, cwd: Path | None = None) -> str:
        """Run a command of the environment that must succeed, and return its stdout."""
        done = self.try_to(*command, cwd=cwd)
        assert done.code == 0, done.stdout + done.stderr
        return done.stdout

    def pip(self, *arguments: str) -> None:
        """Install or uninstall a package, from what is here alone."""
        alone = ["--no-deps", "--no-index", "--no-build-isolation", "--no-warn-script-location"]
        options = alone if arguments[0] == "install" else ["--yes"]
        pip = [sys.executable, "-m", "pip", "--python", str(self.scripts / "python")]
        done = subprocess.run(
            [*pip, *arguments, "--quiet", *options], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr


def make_environment(wheel: Path, folder: Path, workshop: Workshop) -> Installed:
    """Make a fresh environment in a folder, and install the wheel there."""
    environment, elsewhere = folder / "environment", folder / "elsewhere"
    elsewhere.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    places = {"base": str(environment), "platbase": str(environment)}
    purelib = Path(sysconfig.get_path("purelib", "venv", places))
    scripts = Path(sysconfig.get_path("scripts", "venv", places))
    shared = Path(sysconfig.get_path("purelib"))
    # Behind whatever an editable install adds to the path: .pth files are read in their order.
    (purelib / "zz_dependencies.pth").write_text(f"{shared}\n")
    outside = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    variables = {k: v for k, v in workshop.environment.items() if k not in outside}
    installed = Installed(environment, scripts, variables, elsewhere)
    installed.pip("install", str(wheel))
    return installed


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_package(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def installed(
    wheel: Path, workshop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    return make_environment(wheel, tmp_path_factory.mktemp("installed"), workshop)
