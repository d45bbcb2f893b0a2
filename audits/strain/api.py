"""Strain of teams in the API: the same services as on its pages. There is no address for a person."""

from typing import cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.strain import healthy_path, permissions, queries, releases, services
from audits.strain import serializers as told
from audits.strain.models import StrainAlert, TeamRecognition
from audits.strain.pulse import PulseAnswer, PulseWord
from audits.strain.signals import SignalKind
from audits.strain.states import FollowedBy, LoadRemedy, PathItem, Sight, TradeChoice, TradeSide
from charter.rules.vocabulary import ContextClass
from governance.people.models import User
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground import calendar
from ground.errors import NotFound
from ground.inputs import validate_body
from ground.paging import ByCursor


class NewestAlerts(ByCursor):
    ordering = ("-raised_at", "-id")


class NewestRecognitions(ByCursor):
    ordering = ("-published_at", "-id")


class StrainAlerts(generics.ListAPIView[StrainAlert]):
    """Alerts of the teams whose load the asker may see, newest first."""

    queryset = StrainAlert.objects.none()  # for the API's description
    serializer_class = told.StrainAlertSerializer
    pagination_class = NewestAlerts

    def get_queryset(self) -> QuerySet[StrainAlert]:
        return queries.list_alerts(queries.list_seen(cast("User", self.request.user)))


class TeamLoad(APIView):
    """The load of one team: clues, signals and alerts."""

    @extend_schema(operation_id="strain_team", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest, key: UUID) -> Response:
        cohort = queries.get_team(key, by=http.user)
        alerts = list(queries.list_alerts([cohort]))
        return Response(told.serialize_team(cohort, queries.read_clues(cohort), alerts))


class TeamObservation(APIView):
    """Say what one saw of a team that one leads."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="strain_observe", request=told.ObservationInput, responses={204: None})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        cohort = queries.get_any_team(key)
        permissions.check_leads(http.user, cohort)
        given = validate_body(told.ObservationInput, http)
        services.observe_load(cohort=cohort, saw=[Sight(each) for each in given["saw"]], by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AlertAction(APIView):
    """Choose what is done about an alert; for its owner and HR."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="strain_action",
        request=told.ActionInput,
        responses={200: told.StrainAlertSerializer},
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        alert = queries.get_alert(key, by=http.user)
        permissions.check_acts(http.user, alert)
        given = validate_body(told.ActionInput, http)
        chosen = services.choose_action(
            alert=alert,
            remedy=LoadRemedy(given["remedy"]),
            doing=given["doing"],
            due_on=given["due_on"],
            by=http.user,
        )
        return Response(told.StrainAlertSerializer(chosen).data)


class AlertFollowUps(APIView):
    """Write what followed an alert; for its owner and HR."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="strain_follow_up", request=told.FollowUpInput, responses={204: None})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        alert = queries.get_alert(key, by=http.user)
        permissions.check_acts(http.user, alert)
        given = validate_body(told.FollowUpInput, http)
        helped = given.pop("helped")
        services.write_follow_up(
            alert=alert,
            helped=helped,
            by=http.user,
            **{name: FollowedBy(word) for name, word in given.items()},
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class OpenPulse(APIView):
    """Be done with this month’s pulse, by answers or by passing it over; nobody can tell which."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="strain_pulse", request=told.PulseInput, responses={204: None})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_takes_pulses(http.user)
        given = validate_body(told.PulseInput, http)
        pulse = queries.find_open_pulse(calendar.today())
        if pulse is None:
            raise NotFound("Nothing is asked now.", code="no_pulse")
        answer = PulseAnswer(**{name: PulseWord(word) for name, word in given.items() if word})
        services.take_pulse(pulse=pulse, answer=answer, by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class HealthyLoads(APIView):
    """The limits in force, by kind of team and signal; POST puts some to the board."""

    token_scope = Scope.BOARD

    @extend_schema(operation_id="strain_limits", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest) -> Response:
        return Response(queries.read_limits())

    @extend_schema(
        operation_id="strain_limits_propose", request=told.LimitsInput, responses={201: OpenApiTypes.OBJECT}
    )
    def post(self, http: ApiRequest) -> Response:
        permissions.check_sets_limits(http.user)
        given = validate_body(told.LimitsInput, http)
        proposal = services.propose_limits(
            team_kind=ContextClass(given["team_kind"]),
            limits=given["limits"],
            because=given["because"],
            by=http.user,
        )
        return Response(
            {"id": str(proposal.pk), "case": str(proposal.case_id)}, status=status.HTTP_201_CREATED
        )


class Recognitions(generics.ListAPIView[TeamRecognition]):
    """What teams were recognised for, newest first."""

    queryset = TeamRecognition.objects.none()  # for the API's description
    serializer_class = told.TeamRecognitionSerializer
    pagination_class = NewestRecognitions

    def get_queryset(self) -> QuerySet[TeamRecognition]:
        return healthy_path.list_recognitions()


class TeamRecognitions(APIView):
    """Publish what a team is recognised for, as it wished; for those who lead it and HR."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="strain_recognise",
        request=told.RecognitionInput,
        responses={201: told.TeamRecognitionSerializer},
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        cohort = queries.get_any_team(key)
        permissions.check_recognises(http.user, cohort)
        given = validate_body(told.RecognitionInput, http)
        items = [PathItem(each) for each in given.pop("items")]
        made = services.recognise_team(cohort=cohort, items=items, by=http.user, **given)
        return Response(told.TeamRecognitionSerializer(made).data, status=status.HTTP_201_CREATED)


class Releases(APIView):
    """The appetite for releases of the teams whose load the asker may see."""

    @extend_schema(operation_id="strain_releases", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest) -> Response:
        seen = queries.list_seen(http.user)
        return Response([told.serialize_release(each) for each in releases.read_releases(seen)])


class TeamTradeOffs(APIView):
    """Write down what product and engineering choose while a budget burns."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="strain_trade_off",
        request=told.TradeOffInput,
        responses={201: told.TradeOffSerializer},
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        cohort = queries.get_any_team(key)
        permissions.check_trades(http.user, cohort)
        given = validate_body(told.TradeOffInput, http)
        trade = services.write_trade_off(
            cohort=cohort,
            side=TradeSide(given["side"]),
            choice=TradeChoice(given["choice"]),
            because=given["because"],
            ends_on=given["ends_on"],
            by=http.user,
        )
        return Response(told.TradeOffSerializer(trade).data, status=status.HTTP_201_CREATED)


class TradeOffAgreement(APIView):
    """Agree to a trade-off for the other side."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="strain_agree", request=told.AgreementInput, responses={200: told.TradeOffSerializer}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        trade = releases.find_trade_off(key)
        if trade is None:
            raise NotFound("There is no trade-off at this address.", code="trade_off_not_found")
        permissions.check_agrees(http.user, trade)
        validate_body(told.AgreementInput, http)
        agreed = services.agree_to_trade_off(trade=trade, by=http.user)
        return Response(told.TradeOffSerializer(agreed).data)


class Playbooks(APIView):
    """Write the playbook of a signal; for the board and HR."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="strain_playbook", request=told.PlaybookInput, responses={204: None})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_keeps_playbooks(http.user)
        given = validate_body(told.PlaybookInput, http)
        services.write_playbook(signal=SignalKind(given["signal"]), steps=given["steps"], by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AlertSwitches(APIView):
    """Switch the alerts of a signal on or off; for the board and HR. None is on without a playbook."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="strain_switch", request=told.AlertSwitchInput, responses={204: None})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_keeps_playbooks(http.user)
        given = validate_body(told.AlertSwitchInput, http)
        services.switch_alert(signal=SignalKind(given["signal"]), on=given["on"], by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
