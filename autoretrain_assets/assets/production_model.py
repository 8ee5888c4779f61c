"""production_model: what serving serves."""

from collections.abc import Iterator

import dagster as dg

from autoretrain_assets import checkpoints, story
from autoretrain_assets.assets import showing
from autoretrain_assets.assets.release_decision import release_decision
from autoretrain_assets.dataset import version as dataset_version
from autoretrain_assets.errors import InputError
from autoretrain_assets.home import Home
from autoretrain_assets.release import decisions, registry
from autoretrain_assets.release.gate import NOT_ASKED, PROMOTE, Decision
from autoretrain_assets.resources import HomeResource

GATE = "gate"


@dg.asset(
    group_name="release",
    deps=[dg.AssetDep(release_decision, partition_mapping=dg.LastPartitionMapping())],
    kinds={"pytorch"},
    output_required=False,
)
def production_model(context: dg.AssetExecutionContext, home: HomeResource) -> Iterator[dg.MaterializeResult[None]]:
    """The released model: a pointer whose log is the release history, and a folder that serving reads.

    It materializes only when the decision says promote, and only over the champion that was measured.
    After a hold Dagster calls it unsynced: there is a newer decision, and it was not to release.
    """
    place = home.open()
    version = context.run.tags.get("dagster/partition") or _last_decided(place)
    decision = decisions.read(place.store, version)
    if decision["outcome"] != PROMOTE:
        context.log.info(f"{version} is held: production stays as it is. {'; '.join(decision['reasons'])}")
        return
    if _was_replaced(place, version):
        context.log.info(f"{version} was released and then replaced: `autoretrain promote {version}` brings it back.")
        return
    sha256 = checkpoints.sha256_of(place, version)
    asked = sum(verdict.word != NOT_ASKED for verdict in Decision.from_json(decision).verdicts)
    because = f"all {asked} rules that were asked hold; {decision['reasons'][0]}"
    champion, told = decision["champion"], story.of(place, version)
    release = registry.promote(place.store, version, sha256, because, GATE, instead_of=champion, story=told)
    folder = checkpoints.publish(place)
    yield dg.MaterializeResult(
        metadata={
            "version": version,
            "because": because,
            "by": GATE,
            "served from": dg.MetadataValue.path(folder),
            "weights sha256": showing.digest(sha256),
            "commit of the release": showing.commit(place, release.commit),
        }
    )


def _last_decided(place: Home) -> str:
    """What a run without a partition means, such as one from the asset's own page."""
    versions = reversed(dataset_version.versions(place.store))
    decided = next((name for name in versions if decisions.is_made(place.store, name)), None)
    if decided is None:
        raise InputError("no version has a decision yet: run the job `retrain` first.")
    return decided


def _was_replaced(place: Home, version: str) -> bool:
    """Whether the version was in production once and another is now: a run that is repeated undoes no rollback."""
    releases = registry.history(place.store)
    return bool(releases) and releases[0].version != version and any(old.version == version for old in releases)
