#!/bin/bash
# Creates the database's users if the member on this machine is the primary. Waits until the member is in the group.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/sql.sh"

state=
deadline=$((SECONDS + 600))
until read -r state role _ < <(sql <<<"$MEMBER_QUERY" 2>/dev/null) && [[ $state == ONLINE ]]; do
    if ((SECONDS > deadline)); then
        [[ -n $state ]] || { echo 'mooring: no member on this machine' >&2; exit; }
        echo "mooring: the member on this machine is $state: expected ONLINE; see deploy/swarm/group.sh status" >&2
        exit 1
    fi
    sleep 2
done
if [[ $role == PRIMARY ]]; then
    sh /create-users.sh
    # With which the replicas and the migration find the primary.
    sql <<'SQL'
GRANT SELECT ON performance_schema.replication_group_members TO mooring@'%', mooring_migrate@'%';
SQL
    echo 'mooring: users created' >&2
fi
