import sys; sys.path.insert(0,"/tmp")
import importlib.util
spec=importlib.util.spec_from_file_location("prof","/tmp/machine-prof.py"); prof=importlib.util.module_from_spec(spec); spec.loader.exec_module(prof)
def pytest_configure(config): pass
def pytest_collection_finish(session):
    import tests.machine.play as p, tests.machine.machine as m
    for n in ("prints","picture","broken","differences","perform","perform_many","void","replay"): prof.wrap(p,n)
    for n in ("case_options","fresh_clone","good"): prof.wrap(m,n)
def pytest_sessionfinish(session, exitstatus):
    for k,v in sorted(prof.T.items()): print(k, round(v,2), prof.N[k.rsplit(" ",1)[0]])
import tests.machine.machine as M
_t=M.Machine.teardown
CPU=[0.0]
def td(self):
    from django.db import connection
    pid=connection.connection.info.backend_pid
    f=open(f"/proc/{pid}/stat").read().rsplit(")",1)[1].split()
    CPU[0]+=(int(f[11])+int(f[12]))/100
    _t(self)
M.Machine.teardown=td
_fin=pytest_sessionfinish
def pytest_sessionfinish(session, exitstatus):
    import resource
    _fin(session, exitstatus); print("PGCPU", CPU[0], "PY", resource.getrusage(resource.RUSAGE_SELF).ru_utime)
