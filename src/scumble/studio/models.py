"""What goes over the wire, typed; the interface's documentation is made of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from scumble.studio.documents import MAX_OPERATIONS

Kind = Literal["label", "edit", "preview", "synthesize", "parts"]
"""What a job does."""
State = Literal["queued", "running", "done", "failed", "cancelled"]
"""How far a job is."""
Ability = Literal["label", "edit", "synthesize", "parts"]
"""What a checkpoint can do; a preview is an edit."""

Operations = Annotated[
    list[Any],
    Field(
        max_length=MAX_OPERATIONS,
        description="Operations of scumble.edit, as a recipe of `scumble edit` has them; the path of a style "
        "is the id of a reference picture, its labels that id followed by '.labels'.",
    ),
]
Seed = Annotated[int, Field(ge=0, lt=2**53, description="Exact as a number of JavaScript.")]
Samples = Annotated[int, Field(ge=1, le=64)]
CheckpointName = Annotated[str, Field(max_length=200, description="One of those that are listed.")]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Refused(BaseModel):
    """Why a request was not carried out."""

    detail: str


class ClassModel(BaseModel):
    """A class of a label space."""

    id: int
    name: str
    color: tuple[int, int, int]
    thing: bool
    dont_care: bool


class LabelSpaceModel(BaseModel):
    """A label space; the ids count from 0."""

    name: str
    classes: list[ClassModel]


class CheckpointModel(BaseModel):
    """A checkpoint that can be used."""

    name: str
    system: str
    digest: str
    label_space: LabelSpaceModel
    size: int = Field(description="Shorter side, in pixels, that the network knows best.")
    can: list[Ability]
    bank: bool = Field(description="Whether erased objects draw their look, so that seeds differ.")
    parts: dict[str, list[str]] = Field(description="Names of the parts 1, 2, ... by class.")
    data: str
    licence: str


class Choices(_Request):
    """What the page remembers besides the edit list."""

    checkpoint: CheckpointName | None = None
    samples: Samples = 1
    seed: Seed = 0


class EditSave(_Request):
    """An edit list to be saved."""

    revision: int = Field(ge=0, lt=2**53, description="The revision that it was made from.")
    operations: Operations
    undone: Operations = Field(default=[], description="What redo brings back, the next one last.")
    choices: Choices = Choices()


class EditModel(BaseModel):
    """The saved edit list."""

    revision: int
    operations: list[Any]
    undone: list[Any]
    choices: Choices


class ReferenceModel(BaseModel):
    """A picture whose look instances may take."""

    id: str
    width: int
    height: int
    labels: bool = Field(description="Whether a label map came with it.")


class ResultModel(BaseModel):
    """A picture that a job made."""

    id: str
    project: str
    job: str
    kind: Kind
    seed: int
    seconds: FiniteFloat
    width: int
    height: int
    offset: tuple[int, int] = Field(description="Where the photo's upper left pixel is in it, x and y.")
    checkpoint: str
    digest: str = Field(description="sha256 of the checkpoint.")
    created: FiniteFloat = Field(description="Seconds since 1970.")


class StyleModel(BaseModel):
    """What an instance was painted with."""

    instance: int
    class_name: str
    source: Literal["visible", "bank", "reference"]


class ObjectModel(BaseModel):
    """An object and how many pixels each of its parts has."""

    instance: int
    class_id: int
    category: int
    box: tuple[int, int, int, int]
    area: int
    parts: dict[int, int]


class ResultDetails(ResultModel):
    """A picture that a job made, and all that is needed to make it again."""

    operations: Operations
    notes: list[str]
    styles: list[StyleModel]
    objects: list[ObjectModel] = Field(description="The parts of every object, in a job of parts.")


class ProjectSummary(BaseModel):
    """A project in the list."""

    id: str
    title: str
    created: float
    width: int
    height: int
    photo: bool = Field(description="False where there are maps alone.")
    maps: int = Field(description="Counts the versions of the maps; 0 means that there are none yet.")


class ProjectModel(ProjectSummary):
    """A project."""

    label_space: LabelSpaceModel
    edit: EditModel
    references: list[ReferenceModel]
    results: list[ResultModel]


class BlankRequest(_Request):
    """A project without a photo."""

    width: int = Field(ge=1, le=16384)
    height: int = Field(ge=1, le=16384)
    label_space: str | None = Field(default=None, max_length=100)
    fill: str | None = Field(default=None, max_length=100, description="Class of all pixels.")
    title: str = Field(default="", max_length=100)


class InstanceReference(_Request):
    """An instance of the project's own photo whose look others may take."""

    instance: int = Field(ge=0, lt=2**24, description="Its id in the first instance map.")


class JobRequest(_Request):
    """What shall be computed."""

    kind: Kind
    checkpoint: CheckpointName | None = Field(default=None, description="By default the first that fits.")
    operations: Operations | None = Field(default=None, description="By default the saved ones.")
    samples: Samples = 1
    seed: Seed = 0


class JobModel(BaseModel):
    """A job and how far it is."""

    id: str
    project: str
    kind: Kind
    checkpoint: str
    state: State
    done: int
    total: int
    results: list[str]
    maps: int | None = Field(description="The new version of the maps, after labelling.")
    notes: list[str]
    error: str | None
    created: float
