"""Which parts of a plan a report is cut to, and what they are called in its language."""

from uuid import UUID

from sqlmodel import Session

from feedback.models import ReportService
from hub.errors import BadInput, FieldProblem
from hub.i18n import Language, mark, translate
from messaging import phenomena
from plan import objectives
from plan.keeping.tree import PlanTree, TreeNode
from plan.models import ExpectedResult, NodeKind
from plan.report.choices import Choices

SECTIONS = (NodeKind.SECTION, NodeKind.PHENOMENON)


class Cut:
    """What was asked for of a plan. Raises ``BadInput`` for a part that it does not have."""

    def __init__(self, session: Session, whole: PlanTree, choices: Choices) -> None:
        self._whole, self._choices = whole, choices
        self._town_service: UUID | None = None
        self.names = tuple(
            name for name in (self._section(), self._service(session)) if name is not None
        )

    def _section(self) -> str | None:
        wanted = self._choices.section
        if wanted is None:
            return None
        found = [one for one in self._whole.roots if one.node.id == wanted]
        if not found:
            raise BadInput(FieldProblem("section", mark("Choose one of the list.")))
        return label(found[0], self._choices.language)

    def _service(self, session: Session) -> str | None:
        wanted = self._choices.service
        if wanted is None:
            return None
        node = self._whole.nodes.get(wanted)
        if node is not None and node.node.kind is NodeKind.SERVICE:
            return node.node.label
        service = session.get(ReportService, wanted)
        if service is None or service.municipality_id != self._whole.plan.municipality_id:
            raise BadInput(FieldProblem("service", mark("Choose one of the list.")))
        self._town_service = service.id
        return service.name

    def takes(self, root: TreeNode) -> bool:
        return self._choices.section in (None, root.node.id)

    def takes_branch(self, branch: TreeNode) -> bool:
        """Whether a strategic objective belongs to the service; all do where none is chosen."""
        if self._choices.service is None or self._town_service:
            return True
        return any(
            one.node.id == self._choices.service for one in self._whole.above(branch.node.id)
        )

    def takes_result(self, result: ExpectedResult) -> bool:
        return self._town_service in (None, result.service_id)

    @property
    def is_by_service(self) -> bool:
        return self._choices.service is not None

    @property
    def is_by_result(self) -> bool:
        return self._town_service is not None


def label(one: TreeNode, language: Language) -> str:
    """Its name: in Dutch the catalogue's, where it is of the catalogue; the rest of a plan is in
    the language it was written in."""
    code = one.node.catalogue_code
    if language is not Language.DUTCH:
        return one.node.label
    if code in objectives.CATALOGUE:
        return objectives.label(code, language.value)
    if one.node.kind is NodeKind.PHENOMENON and code:
        return phenomena.label(code, language)
    if one.node.kind is NodeKind.SECTION and one.node.label.casefold() == "coordination":
        return translate(language, mark("Coordination"))
    return one.node.label


def sections_of(whole: PlanTree) -> list[tuple[UUID, str]]:
    """The sections that a report may be cut to."""
    return [(one.node.id, one.node.label) for one in whole.roots if one.node.kind in SECTIONS]
