"""Photographs, archives and packed sets that several tests make and compare."""

import io
import tarfile
import zipfile

from PIL import Image
from skimage import data

from dlcolorize.packed_sets import SPLITS

SIZE = 64
coffee = Image.fromarray(data.coffee()).resize((300, 200))


def files_of(folder):
    "Everything below a folder, but the lock."
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def arrays_of(dest):
    return {split: (dest / f"{split}.npy").read_bytes() for split in SPLITS}


def saved(image, suffix, **options):
    file = io.BytesIO()
    image.save(file, {"jpg": "JPEG", "tif": "TIFF"}.get(suffix, suffix), **options)
    return file.getvalue()


def archive_of(path, members):
    "Write a .zip, .tar or .tgz with just these names and contents."
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(path, "w:gz" if path.suffix == ".tgz" else "w") as archive:
            for name, content in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return path
