#!/bin/bash
# outcome: failed
source "$(dirname "$0")/../framework/helpers.sh"
setup_test_workspace "$TEST_WORKSPACE"
W="$TEST_WORKSPACE"
mkdir -p "$W/clean" "$W/leaky/deep/er" "$W/none"
echo "OPENCLAW_GATEWAY_TOKEN_FILE=/run/secrets/token" > "$W/clean/gateway.env"
# In parts, so that this file holds none.
dashes='-----'
printf '%s\n' "${dashes}BEGIN RSA PRIVATE KEY${dashes}" "MIIEowIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun" "VTLw7onLRnrq0/IzW7yWR7QkrmBL7jTKEn5u+qKhbwKfBstIs+bMY2Zkp18gnTxK" "${dashes}END RSA PRIVATE KEY${dashes}" > "$W/leaky/deep/er/key.pem"

assert_no_secrets "$W/clean/gateway.env" "A file without"
assert_no_secrets "$W/clean" "A folder without"
assert_no_secrets "$W/leaky/deep/er/key.pem" "A private key"  # want: failed
assert_no_secrets "$W/leaky" "A folder is looked through"  # want: failed
assert_no_secrets "$W/missing" "A missing file is not clean"  # want: failed
assert_no_secrets "$W/none" "An empty folder is not clean"  # want: failed
print_results
