# Runs under the systemd of nested-systemd.sh, and prints what happened to the service, a line for each step.
trap 'echo END' EXIT
shown() {
  echo "$1 $(systemctl show cvmqtt -p ActiveState -p Result -p StatusText -p NRestarts --value | sort | tr '\n' ' ')"
}
until_shows() {
  for _ in $(seq 300); do
    systemctl show cvmqtt -p "$1" | grep -q "$2" && return
    sleep 0.1
  done
}
pid() { systemctl show cvmqtt -p MainPID --value; }

mkdir -p /etc/cvmain
systemctl start --no-block cvmqtt
until_shows StatusText =waiting
shown waits
node /opt/cvmqtt/dist/bin/cvmqtt.js sim /etc/cvmain >/run/sim.txt &
until_shows ActiveState =active
until_shows StatusText =subscribed
shown ready
# Files of another user that nobody else may read, and no others of root's rights.
chmod -R go= /etc/cvmain
echo "rights $(grep -E '^(Uid|CapEff|NoNewPrivs|Seccomp):' "/proc/$(pid)/status" | tr -s '\t\n' '  ')"
systemctl reload cvmqtt && shown reloaded
kill -STOP "$(pid)"
until_shows NRestarts =1
until_shows ActiveState =active
until_shows StatusText =subscribed
shown restarted
systemctl stop cvmqtt
shown stopped

# As in docs/systemd.md#credentials.
mv /etc/cvmain/mq/mq.json /root/mq.json
ln -s /run/credentials/cvmqtt.service/mq.json /etc/cvmain/mq/mq.json
printf '[Service]\nLoadCredential=mq.json:/root/mq.json\n' >/units/cvmqtt.service.d/credential.conf
systemctl daemon-reload
systemctl start --no-block cvmqtt
until_shows StatusText =subscribed
shown credential
cat /run/log.txt
