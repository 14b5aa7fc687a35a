"""When to answer: as the owner sets, else as the snapshot was calibrated, else as serves any knowledge."""

from bot.answering.answerer import Policy
from bot.manners import policy_of
from bot.settings import Settings
from knowledge.calibration.calibration import Calibration, Verdict
from knowledge.confidence import Weights

CALIBRATED = Calibration(Weights(margin=3.0), 0.62, 0.05, Verdict.KEPT, None, known=Weights(bias=1.0))


def test_without_a_calibration_the_common_weights_and_threshold_hold() -> None:
    policy = policy_of(Settings(_env_file=None), None)
    assert policy.threshold == Policy().threshold == 0.35
    assert policy.search.weights == Weights()


def test_a_calibrated_snapshot_brings_its_own() -> None:
    policy = policy_of(Settings(_env_file=None), CALIBRATED)
    assert policy.threshold == 0.62
    assert (policy.search.weights, policy.search.known) == (Weights(margin=3.0), Weights(bias=1.0))


def test_a_threshold_that_the_owner_sets_wins() -> None:
    policy = policy_of(Settings(_env_file=None, threshold=0.1), CALIBRATED)
    assert policy.threshold == 0.1
    assert policy.search.weights == Weights(margin=3.0)


def test_an_empty_threshold_is_none() -> None:
    assert policy_of(Settings(_env_file=None, threshold=""), CALIBRATED).threshold == 0.62  # type: ignore[arg-type]
