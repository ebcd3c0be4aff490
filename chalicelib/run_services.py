"""Build the use cases of runs."""

# ruff: noqa: PLC0415 (imports stand where the thing is built, as in bootstrap)

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.store_services import StoreServices

if TYPE_CHECKING:
    from chalicelib.application.ask_run import AskRun
    from chalicelib.application.call_keepers import CallKeepers
    from chalicelib.application.command_run import CommandRun
    from chalicelib.application.foresee_lines import ForeseeLines
    from chalicelib.application.keep_run import KeepRun
    from chalicelib.application.lane_budget import LaneBudget, LaneTurns
    from chalicelib.application.lane_rules import LaneRules
    from chalicelib.application.make_run import MakeRun
    from chalicelib.application.see_run import SeeRun
    from chalicelib.application.supply_run import SupplyRun


class RunServices(StoreServices):
    """The use cases of runs, wired."""

    @cached_property
    def ask_run(self) -> "AskRun | None":
        """Have a run's texts read in batches, where there is a Batch API."""
        if self.remembered_model is None or not self.asks_batches:
            return None
        from chalicelib.application.ask_run import AskRun
        from chalicelib.application.put_off_lines import Unsettled

        return AskRun(
            build=lambda: self.batches,
            unsettled=Unsettled(
                catalogues=self.catalogues,
                reader=self.reader,
                memory=self.remembered_model,
                mode=self.settings.reading_mode,
            ),
            reports=self.reports,
            prices=self.model_prices.times(self.settings.batch_price_share),
        )

    @cached_property
    def make_run(self) -> "MakeRun":
        """Make a run."""
        from chalicelib.application.make_run import MakeRun

        return MakeRun(
            runs=self.runs,
            catalogues=self.catalogues,
            counters=self.counters,
            clock=self.clock,
            batches=self.asks_batches,
        )

    @cached_property
    def supply_run(self) -> "SupplyRun":
        """Bring in what a run is fed from."""
        from chalicelib.application.supply_run import SupplyRun

        return SupplyRun(runs=self.runs, uploads=self.uploads)

    @cached_property
    def command_run(self) -> "CommandRun":
        """Command a run."""
        from chalicelib.application.command_run import CommandRun

        return CommandRun(runs=self.runs, keepers=self.keepers, clock=self.clock)

    @cached_property
    def see_run(self) -> "SeeRun":
        """See how a run stands."""
        from chalicelib.application.see_run import SeeRun

        return SeeRun(
            runs=self.runs, reports=self.reports, catalogues=self.catalogues, clock=self.clock
        )

    @cached_property
    def foresee_lines(self) -> "ForeseeLines":
        """Say what would become of a run's lines."""
        from chalicelib.application.foresee_lines import ForeseeLines

        return ForeseeLines(
            catalogues=self.catalogues,
            reader=self.reader,
            counters=self.counters,
            grants=self.grants,
            customers=self.customers,
            clock=self.clock,
        )

    @cached_property
    def keep_run(self) -> "KeepRun":
        """Keep a run going."""
        from chalicelib.application.check_run import CheckRun
        from chalicelib.application.collect_run import CollectRun
        from chalicelib.application.feed_run import FeedRun
        from chalicelib.application.keep_run import KeepRun

        return KeepRun(
            runs=self.runs,
            sources=self.sources,
            plantings=self.plantings,
            lane=self.lane,
            check=CheckRun(foresee=self.foresee_lines, reports=self.reports),
            feed=FeedRun(
                plantings=self.plantings,
                grants=self.grants,
                customers=self.customers,
                lane=self.lane,
                reports=self.reports,
                clock=self.clock,
            ),
            collect=CollectRun(reports=self.reports, prices=self.model_prices),
            clock=self.clock,
            turns=self.lane_turns,
            ask=self.ask_run,
        )

    @cached_property
    def call_keepers(self) -> "CallKeepers":
        """Call a keeper for every open run."""
        from chalicelib.application.call_keepers import CallKeepers

        return CallKeepers(runs=self.runs, keepers=self.keepers)

    @cached_property
    def lane_rules(self) -> "LaneRules":
        """What runs say of their lines in the lane."""
        from chalicelib.application.lane_rules import LaneRules

        return LaneRules(runs=self.runs, clock=self.clock)

    @cached_property
    def lane_budget(self) -> "LaneBudget":
        """What all runs together may take."""
        from chalicelib.application.lane_budget import LaneBudget

        settings = self.settings
        return LaneBudget(
            write_units=settings.lane_write_units, workers=settings.bulk_settle_concurrency
        )

    @cached_property
    def lane_turns(self) -> "LaneTurns":
        """Whose turn it is to feed a run."""
        from chalicelib.adapters.dynamodb.lane_time import DynamoLaneTime
        from chalicelib.application.lane_budget import LaneTurns

        time = DynamoLaneTime(client=self.clients.dynamodb, table=self.settings.control_table)
        return LaneTurns(budget=self.lane_budget, time=time)
