#!/bin/bash
# Runs a script under a systemd of its own, as its process 1: nested-systemd.sh SCRIPT NODE DIST UNIT, as root, under
#   unshare --pid --mount --fork --cgroup --ipc --uts --kill-child
#
# Its root is an overlay with directories of its own for all that is written, so that nothing outside is touched, and it
# has only the units that are put here: the usual ones would clear /tmp and set up the machine.
set -e
[ $$ = 1 ] || { echo 'not in namespaces of its own' >&2; exit 1; }
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
root=/mnt/root
for own in tmp run dev var/log; do mount -t tmpfs tmpfs $root/$own; done
for device in null zero full random urandom tty; do
  touch $root/dev/$device
  mount --bind /dev/$device $root/dev/$device
done
mkdir $root/dev/shm $root/dev/pts
ln -s /proc/self/fd $root/dev/fd
mount -t proc proc $root/proc
mount -t sysfs sysfs $root/sys -o ro
mount -t cgroup2 none $root/sys/fs/cgroup

# The unit file as it is, with the files where it expects them; but with shorter times, and without a /dev of its own, for
# which this root has not all it needs.
touch $root/usr/bin/node
mount --bind -o ro "$2" $root/usr/bin/node
mkdir -p $root/opt/cvmqtt/dist $root/units/cvmqtt.service.d
mount --bind -o ro "$3" $root/opt/cvmqtt/dist
cp "$4" $root/units/cvmqtt.service
cp "$1" $root/units/script
printf '[Service]\nWatchdogSec=4\nRestartSec=1\nPrivateDevices=no\nStandardOutput=append:/run/log.txt\nStandardError=append:/run/log.txt\n' \
  >$root/units/cvmqtt.service.d/test.conf
for target in idle sysinit basic shutdown network; do
  printf '[Unit]\nDefaultDependencies=no\n' >$root/units/$target.target
done
echo 'cvmqtt:x:64123:64123::/nonexistent:/usr/sbin/nologin' >>$root/etc/passwd
echo 'cvmqtt:x:64123:' >>$root/etc/group

# As systemd does with its root: the credentials of a service come to it this way.
mount --make-rshared $root
# systemd wants a console; the script gets this output.
exec chroot $root /bin/bash -c '
  touch /dev/console /run/systemd.log
  mount --bind /run/systemd.log /dev/console
  (while ! systemctl is-active --quiet idle.target; do sleep 0.1; done; exec bash /units/script) 2>&1 </dev/null &
  export container=spec SYSTEMD_UNIT_PATH=/units
  exec /lib/systemd/systemd --system --unit=idle.target --log-target=console >/run/systemd.log 2>&1'
