#!/bin/bash
source "$(dirname "$0")/../framework/helpers.sh"

WORKSPACE="${TEST_WORKSPACE:-/tmp/openclaw-test-workspace}"

setup_test_workspace "$WORKSPACE"

SERVICE_FILE="$WORKSPACE/openclaw-gateway.service"
cat > "$SERVICE_FILE" << 'UNIT'
[Service]
Restart=always
RestartSec=10
StartLimitBurst=5
MemoryMax=2G
User=openclaw
NoNewPrivileges=yes
ProtectSystem=strict
UNIT

assert_file_contains "$SERVICE_FILE" "Restart=always" "Auto-restart configured"
assert_file_contains "$SERVICE_FILE" "RestartSec=10" "Restart delay configured"
assert_file_contains "$SERVICE_FILE" "StartLimitBurst" "Restart limit configured"
assert_file_contains "$SERVICE_FILE" "MemoryMax" "Memory limit configured"
assert_file_contains "$SERVICE_FILE" "NoNewPrivileges" "Privilege escalation prevented"
assert_file_contains "$SERVICE_FILE" "ProtectSystem" "System protection enabled"
assert_file_contains "$SERVICE_FILE" "User=openclaw" "Runs as non-root user"
assert_no_secrets "$SERVICE_FILE" "Service file has no secrets"

print_results
