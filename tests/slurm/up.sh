#!/usr/bin/env bash
# Starts a throw-away Slurm cluster of several nodes on this machine: tests/slurm/up.sh FOLDER
# Needs root, no systemd. Key, configuration, spool, logs and process numbers all lie in FOLDER; FOLDER/env.sh names it.
set -euo pipefail
folder=$(realpath -m "$1")
nodes=${SLURM_NODES:-4} cpus=${SLURM_CPUS:-2} port=${SLURM_BASE_PORT:-18700}
[ "$(id -u)" = 0 ] || { echo "Slurm needs root here"; exit 2; }
for program in munged slurmctld slurmd sbatch; do
  command -v "$program" > /dev/null && continue
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    munge slurmctld slurmd slurm-client slurm-wlm-basic-plugins > /dev/null
  break
done
mkdir -p "$folder"/{etc,run,log,state,munge,spool}
chmod 755 "$folder"
chmod 700 "$folder/munge"
host=$(hostname -s) socket=$folder/run/munge.sock
(umask 077; dd if=/dev/urandom of="$folder/munge/key" bs=1024 count=1 status=none)
munged --force --key-file="$folder/munge/key" --socket="$socket" --pid-file="$folder/run/munged.pid" \
  --log-file="$folder/log/munged.log" --seed-file="$folder/munge/seed" --num-threads=2
cat > "$folder/etc/slurm.conf" <<X
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
AuthType=auth/munge
AuthInfo=socket=$socket,cred_expire=5
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmctldDebug=info
StateSaveLocation=$folder/state
SlurmdPidFile=$folder/run/slurmd.%n.pid
SlurmdLogFile=$folder/log/slurmd.%n.log
SlurmdSpoolDir=$folder/spool/%n
SlurmdDebug=info
SwitchType=switch/none
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=2,sched_min_interval=0,batch_sched_delay=0,bf_continue
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobRequeue=1
MaxArraySize=501
MaxJobCount=5000
MinJobAge=600
KillWait=5
SlurmdTimeout=15
SlurmctldTimeout=15
InactiveLimit=0
Waittime=0
ReturnToService=2
UnkillableStepTimeout=60
JobCompType=jobcomp/none
AccountingStorageType=accounting_storage/none
NodeName=n[1-$nodes] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((port + 11))-$((port + 10 + nodes))] CPUs=$cpus RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=n[1-$nodes] Default=YES MaxTime=1:00:00 DefaultTime=0:10:00 State=UP
X
printf 'CgroupAutomount=no\n' > "$folder/etc/cgroup.conf"
printf 'export SLURM_CONF=%s\n' "$folder/etc/slurm.conf" > "$folder/env.sh"
export SLURM_CONF=$folder/etc/slurm.conf
slurmctld >> "$folder/log/slurmctld.out" 2>&1 < /dev/null
for i in $(seq "$nodes"); do
  mkdir -p "$folder/spool/n$i"
  slurmd -N "n$i" >> "$folder/log/slurmd.out" 2>&1 < /dev/null
done
for i in $(seq 300); do
  ready=$(sinfo -h -N -o '%N %T' 2> /dev/null | grep -cE ' (idle|mixed|allocated)$' || true)
  [ "$ready" = "$nodes" ] && exit 0
  [ $((i % 25)) = 5 ] && scontrol update nodename="n[1-$nodes]" state=resume > /dev/null 2>&1 || true
  sleep .2
done
echo "the cluster is not ready after a minute"
sinfo || true
tail -n 20 "$folder"/log/*.log
exit 1
