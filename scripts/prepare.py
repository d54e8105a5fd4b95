"""Makes this checkout ready to run or to test: ``python3 scripts/prepare.py --for run``.

A step that was done before is not done again: stamps in .venv remember what each step was done for.
"""

# Pythons far too old for the hub must still get as far as the sentence that says so: this file
# keeps to the syntax of Python 3.5, imports included.
import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
LOG = os.path.join(VENV, "prepare.log")
# What can be prepared for, each with what it includes.
NARROWER = {"run": (), "test": ("run",), "bench": ("test", "run")}
VENDOR = os.path.join(ROOT, "hub", "static", "vendor")

# Between them they import all that any process of the hub does. hub.cli alone would not do: each
# command imports what it needs when it runs. The last is what twilio imports at its first message.
IMPORTED = (
    *("hub.cli", "hub.run", "hub.server", "hub.doctor", "hub.demo", "hub.migration"),
    *("workers.worker", "workers.timetable", "workers.mail_door", "channels.simulator.server"),
    "twilio.rest.api",
)

# What a log says when a step failed -> what a person can do about it. First match wins.
REMEDIES = (
    ("No space left on device", "The disk is full. Make room and try again."),
    ("Permission denied", "A file or folder may not be written; whose is {}?".format(ROOT)),
    ("hashes are required", "A package is missing from locks/: run make lock."),
    ("DO NOT MATCH THE HASHES", "A package is not the one that was locked. Do not install it."),
    ("CERTIFICATE_VERIFY_FAILED", "Downloads are intercepted: set PIP_CERT to your proxy's CA."),
    ("No matching distribution", "A package could not be found: no network, or no proxy set?"),
    ("Could not fetch", "Packages could not be fetched: no network, or no proxy set?"),
    ("EAI_AGAIN", "npm has no network. Behind a proxy, set HTTPS_PROXY."),
    ("ENOTFOUND", "npm has no network. Behind a proxy, set HTTPS_PROXY."),
)


class CannotPrepare(Exception):
    """A step failed; the text tells a person what to do."""


def check_python():
    if sys.version_info >= OLDEST:
        return
    raise CannotPrepare(
        "Python {}.{} or newer is needed; this is {}.{}.{} ({}).\n"
        "Install it or call make PYTHON=python3.12".format(
            *(OLDEST + tuple(sys.version_info[:3]) + (sys.executable,))
        )
    )


def check_folder():
    if not os.access(VENV if os.path.isdir(VENV) else ROOT, os.W_OK):
        raise CannotPrepare(
            "This folder cannot be written: {}\n"
            "Use a checkout of your own, or change who owns it.".format(ROOT)
        )


def fingerprint(*names):
    """What a step depends on: these files, this place (a moved checkout is prepared anew)."""
    digest = hashlib.sha256(ROOT.encode("utf-8"))
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def stamp_path(step):
    return os.path.join(VENV, "prepared-" + step)


def is_done(step, wanted):
    try:
        with open(stamp_path(step)) as file:
            return file.read() == wanted
    except OSError:
        return False


def mark_done(step, done):
    with open(stamp_path(step), "w") as file:
        file.write(done)


def announce(text):
    sys.stdout.write(text.ljust(58) + " ")
    sys.stdout.flush()


def remedy(log):
    for symptom, advice in REMEDIES:
        if symptom in log:
            return advice
    return "The lines above say why; the whole log is {}".format(LOG)


def explain_failure(command):
    with open(LOG, errors="replace") as file:
        log = file.read()
    tail = "\n".join("  | " + line[:150] for line in log.splitlines()[-15:])
    called = " ".join(command[:4])
    raise CannotPrepare("{} ... failed:\n{}\n{}".format(called, tail, remedy(log)))


def run(*command):
    """Run quietly; what it printed is shown when it fails, and kept in the log."""
    with open(LOG, "w") as log:
        failed = subprocess.call(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    if failed:
        explain_failure(command)


def pip_install(*arguments):
    run(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *arguments)


def check_venv_module():
    # Debian and Ubuntu ship Python without it.
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise CannotPrepare(
            "This Python cannot make virtual environments. On Debian and Ubuntu:\n"
            "sudo apt-get install python{}.{}-venv".format(*sys.version_info[:2])
        ) from None


def make_venv():
    import venv

    # Half a .venv, or one whose Python was removed since, is made anew.
    venv.EnvBuilder(clear=True, symlinks=True, with_pip=True).create(VENV)


def install_packages(lock):
    # Compiling all of it would take a third of the time, for modules that are never imported.
    pip_install("--no-compile", "--require-hashes", "-r", "locks/{}.txt".format(lock))
    compile_imports()


def compile_imports():
    """Let Python write down what the hub imports; every later start is seconds faster for it."""
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    silence = subprocess.DEVNULL
    command = [PYTHON, "-c", "import " + ", ".join(IMPORTED)]
    # Only for speed: what is wrong with the hub itself is told when it starts.
    subprocess.call(command, cwd=ROOT, env=environment, stdout=silence, stderr=silence)


def install_project():
    # hatchling and editables are in the lock, so nothing is fetched to build.
    pip_install("--no-deps", "--no-build-isolation", "--no-index", "--editable", ".")


def make_browser_files():
    script = os.path.join(ROOT, "scripts", "browser_files.py")
    silence = subprocess.DEVNULL
    if subprocess.call([PYTHON, script, "--has-npm"], stdout=silence, stderr=silence):
        pip_install("--no-compile", "--require-hashes", "-r", "locks/browser.txt")
    run(PYTHON, script)


def timed(text, action, *arguments):
    announce(text)
    started = time.time()
    action(*arguments)
    print("{:6.1f} s".format(time.time() - started))


def prepare_venv():
    if os.path.exists(os.path.join(VENV, "bin", "pip")) and os.path.exists(PYTHON):
        return
    check_venv_module()
    timed("Making .venv with Python {}.{}".format(*sys.version_info[:2]), make_venv)


def prepare_packages(purpose):
    wanted = fingerprint("locks/{}.txt".format(purpose))
    if is_done(purpose, wanted):
        return
    timed("Installing packages (locks/{}.txt)".format(purpose), install_packages, purpose)
    mark_done(purpose, wanted)
    # A wider lock holds all of the narrower ones, in the same versions.
    for narrower in NARROWER[purpose]:
        mark_done(narrower, fingerprint("locks/{}.txt".format(narrower)))


def prepare_project():
    wanted = fingerprint("pyproject.toml", "hub/__init__.py")
    if not is_done("project", wanted):
        timed("Installing PLP Hub itself", install_project)
        mark_done("project", wanted)


def prepare_browser_files():
    wanted = fingerprint("package-lock.json", "scripts/browser_files.py")
    if not is_done("browser", wanted) or not os.path.isdir(VENDOR):
        timed("Fetching browser files (package-lock.json)", make_browser_files)
        mark_done("browser", wanted)


def prepare(purpose):
    check_python()
    check_folder()
    prepare_venv()
    prepare_packages(purpose)
    prepare_project()
    prepare_browser_files()


def purpose_asked():
    arguments = argparse.ArgumentParser(description="Make this checkout ready.")
    arguments.add_argument("--for", dest="purpose", choices=sorted(NARROWER), default="run")
    return arguments.parse_args().purpose


def main():
    purpose = purpose_asked()
    try:
        prepare(purpose)
    except CannotPrepare as refusal:
        sys.exit("\n{}".format(refusal))
    except OSError as error:
        sys.exit("\n{}: {}. {}".format(error.filename, error.strerror, remedy(str(error))))
    except subprocess.CalledProcessError as error:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("\n.venv could not be made: {}".format((error.output or b"").decode().strip()))
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start goes on from here.")


if __name__ == "__main__":
    main()
