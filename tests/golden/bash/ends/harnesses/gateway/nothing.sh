echo "[PASS] Everything is fine"
