"""`python -m earwig`, and the `earwig` command."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; the exit status."""
    try:
        # Inside, so that an interrupt during the imports is as quiet as any other.
        from earwig.core.system.ending import end_by_signals

        end_by_signals()
        from earwig.core.system.collecting import put_off_collections

        put_off_collections()  # nothing that is loaded is garbage; whoever has loaded all begins them
        from earwig.cli.main import main as run
        from earwig.core.diagnostics.fault_log import faults
        from earwig.core.diagnostics.fault_report import report_faults

        report_faults(faults)
        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130
    finally:
        # Of an interrupt within code that is a string, as a module runs it to make a tuple, Python keeps a
        # note, and ends the process by SIGINT though it was caught. The next string makes it forget that
        # (`run_eval_code_obj` in CPython's `pythonrun.c`).
        eval("0")  # noqa: S307 - nobody's but ours


if __name__ == "__main__":
    sys.exit(main())
