# The run's world, made again: a fresh working folder with copies of the inputs, `context`, and stand-ins for what `pyexec`
# offers to code. Nothing in here is sandboxed: the cells of a notebook run with your rights.
def _make_world(inputs, context, closed):
    import ast, dataclasses, datetime, decimal, fractions, functools, hashlib, io, json, math, os, pathlib, shutil, sys
    import tempfile, types, uuid, weakref
    from collections import deque

    try:
        from IPython.core.error import InputRejected
        from IPython import get_ipython
        shell = get_ipython()
    except ImportError:
        shell = None

    if closed:
        class Closed(ast.NodeTransformer):
            def visit(self, node):
                raise InputRejected(closed)

        if shell:
            shell.ast_transformers.append(Closed())  # later cells are refused as well, also under --allow-errors
        raise RuntimeError(closed)

    if shell:  # what follows is Python as a run compiles it: no magics, no `!command`, no top-level await
        transforms = shell.input_transformer_manager
        for steps in (transforms.cleanup_transforms, transforms.line_transforms, transforms.token_transformers):
            steps.clear()
        shell.autoawait = False

    def sha256(path):
        digest = hashlib.sha256()
        with open(path, "rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
        return digest.hexdigest()

    def found(name, digest):
        path = home / name
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing; open this notebook inside its run folder")
        if sha256(path) != digest:
            raise RuntimeError(f"{path} is not what it was when the code ran")
        return path

    before = sys.modules.get("pyexec.notebook")
    here = pathlib.Path.cwd()
    home = before.home if before else next((at for at in (here, here.parent) if (at / "inputs").is_dir()), here)
    kept = tempfile.TemporaryDirectory(prefix="pyexec-notebook-")
    work = pathlib.Path(kept.name).resolve()
    for name, path, digest in inputs:
        source = found(path, digest)
        if pathlib.Path(path).is_absolute():  # left where it was, because it is large
            (work / name).symlink_to(source)
        else:
            shutil.copyfile(source, work / name)
    data = json.loads(found("context.json", context).read_text(encoding="utf-8")) if context else {}
    os.chdir(work)
    sys.path.insert(0, str(work))
    sys.argv = [str(home / "code.py")]
    sys.modules["__main__"].__file__ = sys.argv[0]

    class Data(dict):
        def __getattribute__(self, name):
            if not name.startswith("_") and name not in ("get", "items", "keys") and name in self:
                return self[name]
            return super().__getattribute__(name)

        def __getattr__(self, name):
            raise AttributeError(f"context has no {name!r} It has: {', '.join(map(str, self.keys()))}")

        def _refuse(self, *_args, **_named):
            raise TypeError("context is read-only: put what is new in a variable, in results, or in an artifact")

        __setattr__ = __delattr__ = __setitem__ = __delitem__ = __ior__ = _refuse
        clear = pop = popitem = setdefault = update = _refuse

    def wrapped(value):
        if isinstance(value, dict):
            return Data((key, wrapped(item)) for key, item in value.items())
        return [wrapped(item) for item in value] if isinstance(value, list) else value

    class ChannelError(Exception):
        """A channel could not be read or written."""

    class ChannelRefused(ChannelError):
        """The write is not allowed."""

    class ChannelOutcomeUnknown(ChannelError):
        """Nobody knows whether the value arrived."""

    def no_reads(*_args, **_named):
        raise ChannelError("a notebook reads no channels: only a pyexec run has a broker to ask")

    def no_writes(*_args, **_named):
        raise ChannelRefused("a notebook writes no channels: only a pyexec run that a person approved does")

    saved, figure_number = weakref.WeakKeyDictionary(), iter(range(1, 1000))
    try:
        os.environ["MPLBACKEND"] = "Agg"  # as in a run: figures stay open until the end, and are saved then
        import matplotlib
        from matplotlib import backend_bases

        matplotlib.use("Agg")
        print_figure = backend_bases.FigureCanvasBase.print_figure

        @functools.wraps(print_figure)
        def noting(canvas, filename, *args, **named):
            done = print_figure(canvas, filename, *args, **named)
            if not isinstance(filename, io.BytesIO):
                path = isinstance(filename, (str, os.PathLike))
                saved[canvas.figure] = os.path.abspath(filename) if path else ""
            return done

        backend_bases.FigureCanvasBase.print_figure = noting
    except ImportError:
        pass

    def save(figure):
        (work / "figures").mkdir(exist_ok=True)
        path = work / "figures" / f"figure_{next(figure_number):02}.png"
        figure.savefig(path, format="png")
        return path

    def path_of(figure):
        path = saved.get(figure, "")
        for candidate in (path, f"{path}.png"):
            if candidate.startswith(f"{work}/") and os.path.isfile(candidate):
                return os.path.relpath(candidate, work)
        return os.path.relpath(save(figure), work)

    def save_artifact(value, name):
        path = pathlib.PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError(f"an artifact's name is a path below the run's folder, not {str(name)!r}")
        kinds = {base.__name__ for base in type(value).__mro__}
        kind = path.suffix.lower()
        if isinstance(value, (bytes, bytearray, memoryview)):
            suffix, write = ".bin", lambda to: to.write_bytes(value)
        elif isinstance(value, str):
            suffix, write = ".txt", lambda to: to.write_text(value, encoding="utf-8")
        elif "Figure" in kinds:
            suffix, write = ".png", value.savefig
        elif kinds & {"DataFrame", "Series"}:
            writers = {".parquet": "to_parquet", ".xlsx": "to_excel", ".json": "to_json"}
            suffix, write = ".csv", getattr(value, writers.get(kind, "to_csv"))
        elif "ndarray" in kinds:
            numpy, text = sys.modules["numpy"], {".csv": ",", ".txt": " "}.get(kind)
            suffix, write = ".npy", lambda to: (
                numpy.savetxt(to, value, delimiter=text) if text
                else numpy.save(to.open("wb"), value, allow_pickle=False))
        elif isinstance(value, (dict, list, tuple)):
            suffix, write = ".json", lambda to: to.write_text(as_json(plain(value)), encoding="utf-8")
        else:
            raise TypeError(f"no format for a {type(value).__name__}")
        path = work / (path if path.suffix else path.with_suffix(suffix))
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
        return path

    def plain(value, around=()):
        """A value as a run keeps it: JSON. The last resort is its repr."""
        if value is None or isinstance(value, bool):
            return value
        if id(value) in around:
            return "<itself>"
        around = (*around, id(value))
        np, pd, figures = map(sys.modules.get, ("numpy", "pandas", "matplotlib.figure"))
        if pd and (value is pd.NA or value is pd.NaT):
            return None
        if figures and isinstance(value, figures.Figure):
            return path_of(value)
        if np and isinstance(value, (np.ndarray, np.generic)):
            return array(value, around)
        if pd and isinstance(value, pd.Series):
            counting = isinstance(value.index, pd.RangeIndex) and value.index.start == 0 and value.index.step == 1
            if counting or not value.index.is_unique:
                return plain(value.tolist(), around)
            return pairs(zip(value.index.tolist(), value.tolist()), around)
        if pd and isinstance(value, pd.DataFrame):
            return pairs([(name, value.iloc[:, at]) for at, name in enumerate(value.columns.tolist())], around)
        if pd and isinstance(value, (pd.Period, pd.Interval)):
            return str(value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return pairs([(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)], around)
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, int):
            return int(value) if -(2**63) <= value < 2**64 else str(int(value))
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else None
        if isinstance(value, complex):
            return {"real": plain(value.real), "imag": plain(value.imag)}
        if isinstance(value, dict):
            return pairs(value.items(), around)
        if isinstance(value, (set, frozenset)):
            try:
                value = sorted(value)
            except TypeError:
                pass
        if isinstance(value, (list, tuple, set, frozenset, range, deque)) or (
                pd and isinstance(value, (pd.Index, pd.api.extensions.ExtensionArray))):
            return [plain(item, around) for item in value]
        if isinstance(value, (datetime.date, datetime.time)):
            return value.isoformat()
        if isinstance(value, datetime.timedelta):
            return value.total_seconds()
        if isinstance(value, (decimal.Decimal, fractions.Fraction, uuid.UUID, pathlib.PurePath)):
            return str(value)
        said = repr(value)
        return said if len(said) <= 2000 else f"{said[:997]}\n…\n{said[-997:]}"

    def array(value, around):
        np = sys.modules["numpy"]
        if value.dtype.kind == "M":
            return blanked(value.astype(str).tolist())
        if value.dtype.kind == "m":
            seconds = value / np.timedelta64(1, "s")  # NaT becomes NaN, and so null
            return plain(seconds.tolist(), around)
        items = value.tolist()
        return plain(float(items) if isinstance(items, np.generic) else items, around)

    def blanked(items):
        if isinstance(items, list):
            return [blanked(item) for item in items]
        return None if items == "NaT" else items

    def pairs(items, around):
        named = {}
        for key, item in items:
            if not isinstance(key, (str, int, float, type(None))):
                key = key.isoformat() if hasattr(key, "isoformat") else key
            name = free = str(key)[:200]
            number = 2
            while free in named:
                free, number = f"{name} ({number})", number + 1
            named[free] = plain(item, around)
        return named

    def as_json(value):
        return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)

    def show_results(namespace, limit):
        """Prints what a run would keep of `results`."""
        value = namespace.get("results", show_results)
        if value is show_results:
            print("the code left no `results`")
        elif not isinstance(value, dict):
            print(f"`results` is a {type(value).__name__}, not a dict")
        else:
            print(as_json(pairs(value.items(), ()))[:limit])

    def show_figures():
        """Saves the open figures that the code did not save, and shows every PNG in the working folder."""
        from IPython.display import Image, display

        managers = getattr(sys.modules.get("matplotlib._pylab_helpers"), "Gcf", types.SimpleNamespace(figs={})).figs
        for figure in [managers[number].canvas.figure for number in sorted(managers)]:
            if figure not in saved:
                save(figure)
        for path in sorted(work.rglob("*.png")):
            display(Image(filename=str(path)))

    def module(name, **members):
        sys.modules[name] = made = types.ModuleType(name)
        vars(made).update(members)
        return made

    channels = dict(ChannelError=ChannelError, ChannelRefused=ChannelRefused, ChannelOutcomeUnknown=ChannelOutcomeUnknown)
    runtime = module("pyexec.runtime", **channels, read_channel=no_reads, read_channel_details=no_reads,
                     write_channel=no_writes, write_channels=no_writes)
    notebook = module("pyexec.notebook", home=home, kept=kept, plain=plain, show_results=show_results,
                      show_figures=show_figures)
    module("pyexec", __path__=[], context=wrapped(data), save_artifact=save_artifact, runtime=runtime, notebook=notebook)
    print(f"working folder, until the kernel ends: {work}")


