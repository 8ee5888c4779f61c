"""A store outlives its home: a new home does not begin in it by mistake, and goes on with it where that is meant."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from autoretrain_assets import checkpoints, founding
from autoretrain_assets.config import Settings, load_settings, parse_settings
from autoretrain_assets.config.template import render
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import InputError
from autoretrain_assets.files import write_text
from autoretrain_assets.home import BRANCHES, SETTINGS, Home
from autoretrain_assets.release import registry
from autoretrain_assets.store import claims, places
from autoretrain_assets.words import many


def verify_free(home: Home) -> None:
    """Raise InputError where a new home would write into what is not its own.

    What a try that broke off claimed and wrote nothing into is free.
    """
    if not _is_there(home):
        return
    found = claims.claim(home.store)
    is_filled = any(home.store.resolve(branch) for branch in BRANCHES)
    if is_filled and found is None:
        raise InputError(
            f"{home.store_place} has commits on {', '.join(BRANCHES[:-1])} or {BRANCHES[-1]} that no home says it "
            "made: they would be taken for versions. Name another one by --set store.lakefs.repository=…"
        )
    if found is None or claims.is_own(found, home.root):
        return
    if is_filled:
        raise InputError(
            f"{home.store_place} is written by {found}, and two homes never write one: name another repository by "
            "--set store.lakefs.repository=…, or, where that home is no more, go on with its versions by "
            "`autoretrain store recover`."
        )
    claims.take(home.store, home.root, found)


def recover(root: Path, overrides: Sequence[str]) -> Iterator[str]:
    """Go on with a store whose home is lost, in the folder `root`, which may hold that home's settings.

    Whatever is left of the other home is refused from then on. Can be killed and run again.
    Raises InputError where there is nothing to go on with.
    """
    given = _given(root, overrides)
    home = Home(root.absolute(), given)
    if not _is_there(home):
        raise InputError(f"{home.store_place} does not exist: mend store.lakefs.repository, or the credentials.")
    if (release := registry.current(home.store)) is None:
        raise InputError(f"{home.store_place} holds no release of a home: there is nothing to go on with.")
    settings = _completed(home, release.version)  # what cannot be gone on with is not taken from another home
    found = claims.claim(home.store)
    if found is None or not claims.is_own(found, home.root):
        claims.take(home.store, home.root, found)
        yield f"{found or 'whoever wrote it'} may write into {home.store_place} no more"
    home = Home(home.root, settings)
    founding.place(home)
    checkpoints.publish(home)
    if not (root / SETTINGS).exists():
        yield f"warning: {SETTINGS} is made anew: only what was named by --set is as it was; compare the rest"
        write_text(root / SETTINGS, render(home.settings))
    places.keep(home.root, home.settings.store.backend)
    versions = dataset_version.versions(home.store)
    yield f"{home.root}: {many(len(versions), 'dataset version')}, {release.version} in production"
    yield "what no version holds is not in the store: put back inbox/, tables/ and tasks/ where there is a backup"


def _given(root: Path, overrides: Sequence[str]) -> Settings:
    path = root / SETTINGS
    given = load_settings(path) if path.exists() else parse_settings("", overrides, name="--set")
    if path.exists() and load_settings(path, overrides) != given:
        raise InputError(f"{path} is there already and says otherwise: leave out --set, and edit that file instead.")
    if given.store.backend != "lakefs":
        raise InputError(
            "A store is gone on with where it is on a server: name it by --set store.backend=lakefs --set "
            "store.lakefs.url=https://… --set store.lakefs.repository=…; a git store is in its home: copy that folder."
        )
    return given


def _completed(home: Home, version: str) -> Settings:
    """The settings, with what the model in production says of itself where they do not: classes and imgsz.

    A record that is older than that it holds them leaves the classes to its dataset version. Raises InputError where
    neither says them.
    """
    if home.classes:
        return home.settings
    made_by = checkpoints.record(home, version)
    known = made_by.get("recipe", {}) | made_by
    classes = known.get("classes") or _classes_of_dataset(home, version)
    training = home.settings.training
    if "imgsz" in known and "imgsz" not in training.model_fields_set:
        training = training.model_copy(update={"imgsz": known["imgsz"]})
    dataset = home.settings.dataset.model_copy(update={"classes": list(classes)})
    return home.settings.model_copy(update={"dataset": dataset, "training": training})


def _classes_of_dataset(home: Home, version: str) -> Sequence[str]:
    found = dataset_version.read(home.store, version)
    if found is None:
        raise InputError(
            f"the checkpoint {version} in {home.store_place} does not say its classes: name them, in the model's "
            "order, by --set dataset.classes=[…]"
        )
    return found.classes


def _is_there(home: Home) -> bool:
    if home.settings.store.backend != "lakefs":
        return False
    from autoretrain_assets.store.lakefs import LakefsStore  # its client takes a while to import

    return LakefsStore(home.settings.store.lakefs).is_there()
