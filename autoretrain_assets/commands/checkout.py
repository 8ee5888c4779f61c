"""A dataset version out of the store, as ultralytics reads it."""

from collections.abc import Callable
from pathlib import Path

from autoretrain_assets import version_images
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.dataset.checkout import Progress, claim, fill
from autoretrain_assets.dataset.layout import DATA_YAML, IMAGES, image_names, layout
from autoretrain_assets.dataset.manifest import manifest_hash
from autoretrain_assets.dataset.splits import TRAIN
from autoretrain_assets.dataset.version import INFO_PATH, MANIFEST_PATH
from autoretrain_assets.errors import InputError, IntegrityError
from autoretrain_assets.home import Home
from autoretrain_assets.words import many


def checkout(root: Path, version: str, target: Path, note: Callable[[str], object], progress: Progress) -> str:
    """Lay a version out in `target`, or go on where an earlier try was ended; answers a sentence on what is there.

    Images come from the home's frames; what is not there is fetched from the store and kept. Raises InputError where
    there is no such version or other things lie in `target`, IntegrityError where what is stored cannot be trusted.
    """
    home = Home.open(root)
    known = dataset_version.read(home.store, version)
    if known is None:
        versions = ", ".join(dataset_version.versions(home.store)) or "none"
        raise InputError(f"there is no dataset version {version}: known are {versions}.")
    manifest = dataset_version.read_manifest(home.store, version)
    stored = image_names(home.store.list(version, IMAGES))
    if manifest_hash(manifest, known.classes) != known.manifest_hash or set(manifest["sha256"]) - stored.keys():
        raise IntegrityError(
            f"{version} is not what its manifest says: `autoretrain store verify {version}` names each file."
        )
    names = {sha256: stored[sha256] for sha256 in manifest["sha256"]}
    info, table = (home.store.read(version, path) for path in (INFO_PATH, MANIFEST_PATH))
    texts = layout(manifest, known.classes, names) | {MANIFEST_PATH: table}
    images = {f"{IMAGES}{name}": sha256 for sha256, name in names.items()}
    claim(target, info, [*texts, *images])
    paths = version_images.paths(home, names, version, note)
    fill(target, texts, {path: paths[sha256] for path, sha256 in images.items()}, progress)
    train = manifest.filter(split=TRAIN).height
    return (
        f"{version} is in {target}: {many(train, 'image')} to train on, and of the sealed test "
        f"{manifest.height - train}; train on {target / DATA_YAML}"
    )
