"""Build dlcolorize; every fact about it stands in settings.ini."""
import configparser
import re
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

here = Path(__file__).parent
settings = configparser.ConfigParser(delimiters=["="])
settings.read(here / "settings.ini", encoding="utf-8")
settings = settings["DEFAULT"]

train = settings["train_requirements"].split()
track = settings["track_requirements"].split()
perceptual = settings["perceptual_requirements"].split()
heic = settings["heic_requirements"].split()
dev = settings["dev_requirements"].split()

# The package index shows the README without the repository, so its links get an address.
readme = (here / "README.md").read_text(encoding="utf-8")
LINKS = {r"!\[[^]]*\]\(": "raw", r"<img src=\"": "raw", r"(?<!!)\[[^]]*\]\(": "blob"}
for link, place in LINKS.items():
    address = f"{settings['git_url']}/{place}/{settings['branch']}/"
    readme = re.sub(rf"({link})(?!https?:|#)", rf"\g<1>{address}", readme)


class BuildWithRun(build_py):
    """Put the run of the model that ships beside it, so that training can start from it."""

    def run(self):
        super().run()
        if not self.editable_mode:
            folder = Path(self.build_lib, "dlcolorize", "weights", "base")
            folder.mkdir(parents=True, exist_ok=True)
            for name in ("config.json", "model.safetensors", "color_weights.safetensors"):
                shutil.copyfile(here / "results" / "base" / name, folder / name)


setup(
    name=settings["lib_name"],
    version=settings["version"],
    description=settings["description"],
    long_description=readme,
    long_description_content_type="text/markdown",
    author=settings["author"],
    author_email=settings["author_email"],
    license="Apache-2.0",
    url=settings["git_url"],
    keywords=settings["keywords"],
    cmdclass={"build_py": BuildWithRun},
    python_requires=f">={settings['min_python']}",
    packages=find_packages(include=["dlcolorize", "dlcolorize.*"]),
    package_data={"dlcolorize": ["weights/*.onnx", "samples/*"]},
    install_requires=settings["requirements"].split(),
    extras_require={
        "heic": heic,
        "train": train,
        "track": track,
        "perceptual": perceptual,
        "dev": heic + train + track + perceptual + dev,
    },
    entry_points={
        "console_scripts": ["dlcolorize=dlcolorize.command_line:app"],
        "nbdev": [f"{settings['lib_name']}={settings['lib_name']}._modidx:d"],
    },
    zip_safe=False,
)
