#!/bin/bash
# The runner of the old framework: hands everything over to clawtest, with the same arguments.
exec clawtest --harness-dir "$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)" "$@"
