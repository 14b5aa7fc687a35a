"""Everything that can go wrong with models on disk, in one tree. Each message names the place and the cure.

ModelsError
├── ModelUnknown      no such key in the catalogue
├── CatalogueBroken   the catalogue itself does not read
├── DownloadFailed    the package index or the network did not give a file
├── NoSpace           the disk is too small for what comes
├── ModelDamaged      a file is not what its sha256 says
└── ModelMissing      it was never made ready
"""


class ModelsError(Exception):
    """Base of all errors of this package; its text is one line fit for a person."""


class ModelUnknown(ModelsError):
    """No model of this name is in the catalogue."""


class CatalogueBroken(ModelsError):
    """The catalogue lacks a field or holds a wrong one."""


class DownloadFailed(ModelsError):
    """A file could not be fetched."""


class NoSpace(ModelsError):
    """The disk has too little room."""


class ModelDamaged(ModelsError):
    """A file differs from what was promised."""


class ModelMissing(ModelsError):
    """The model was not made ready yet."""
