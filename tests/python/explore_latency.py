"""How long the explorer takes to its first interval: from a cold start, and for another setting.

explore_latency.py PROGRAM SCENARIO SLIDER=VALUE [REPLICATIONS]

Times from a request to its first interval, and to the first estimate with twenty pairs more. Wall time of one machine:
say what else ran on it.
"""

import json
import subprocess
import sys
import time
import urllib.request

program, scenario, setting = sys.argv[1:4]
replications = sys.argv[4] if len(sys.argv) > 4 else "40"
slider, value = setting.split("=")


def asked(address, levers):
    """Runs a setting until twenty pairs more are there; the seconds and the pairs of both moments."""
    body = json.dumps({"policy": None, "levers": levers}).encode()
    headers = {"Content-Type": "application/json", "Origin": address.split("/", 3)[0] + "//" + address.split("/")[2]}
    request = urllib.request.Request(address + "api/run", data=body, headers=headers)
    begun, first, name = time.monotonic(), None, None
    with urllib.request.urlopen(request) as stream:
        for line in stream:
            line = line.decode().strip()
            if line.startswith("event:"):
                name = line.split(":", 1)[1].strip()
            elif line.startswith("data:") and name in ("estimate", "end"):
                found = json.loads(line[5:])["estimate"]
                pairs, passed = found["n"], time.monotonic() - begun
                if first is None and found["prevented"] is not None:
                    first = (passed, pairs)
                if first and pairs >= first[1] + 20 or name == "end":
                    return first, (passed, pairs)
            elif line.startswith("data:") and name in ("failed", "stopped"):
                sys.exit(f"{name}: {line}")
    sys.exit("the stream ended early")


begun = time.monotonic()
server = subprocess.Popen(
    [program, "explore", scenario, "--no-open", "-q", "--replications", replications], stdout=subprocess.PIPE, text=True
)
try:
    address = server.stdout.readline().strip()
    print(f"address after {time.monotonic() - begun:.2f} s")
    for name, factor in [("cold start", 1.0), ("another setting", 0.8)]:
        levers = {slider: float(value) * factor}
        first, more = asked(address, levers)
        print(f"{name}, {slider} = {levers[slider]:g}: first interval after {first[0]:.2f} s ({first[1]} pairs), "
              f"{more[1]} pairs after {more[0]:.2f} s")
finally:
    server.terminate()
    server.wait()
