r"""A program of /usr/sbin by its bare name, where Debian's cron does not look.

Without a PATH, Debian's cron gives its jobs /usr/bin:/bin, root's too: ``reboot``, ``service`` or
``logrotate`` are not found, and the job ends with status 127. cronie looks in /usr/sbin and /sbin.

Bad::

    0 5 * * 0 service nginx restart

Good::

    0 5 * * 0 /usr/sbin/service nginx restart
    PATH=/usr/sbin:/usr/bin:/sbin:/bin
    0 6 * * 0 service nginx reload
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.surroundings import has_own_path, is_guarded

# What people put into crontabs, and Debian's packages into /usr/sbin or /sbin alone.
_IN_SBIN = frozenset({
    "a2dissite", "a2ensite", "apache2ctl", "apachectl", "chpasswd", "dhclient", "ethtool", "exim4",
    "fstrim", "halt", "hwclock", "ifconfig", "ifdown", "ifup", "ip6tables", "ip6tables-restore",
    "ip6tables-save", "ipset", "iptables", "iptables-restore", "iptables-save", "invoke-rc.d",
    "logrotate", "lvcreate", "lvremove", "mdadm", "modprobe", "nginx", "postfix",
    "postqueue", "postsuper", "poweroff", "reboot", "sendmail", "service", "shutdown",
    "smartctl", "sysctl", "tune2fs", "update-grub", "useradd", "userdel", "usermod",
    "zfs", "zpool",
})  # fmt: skip


def _find(job: Job) -> Iterator[Found]:
    if job.value("PATH") is not None or job.file.host is not None:  # where CW303 looks itself
        return
    for command in job.script.commands():
        name = command.name
        if name in _IN_SBIN and not has_own_path(job, command) and not is_guarded(job, name):
            yield job.found(
                command.words[0],
                f"{name} is in /usr/sbin, and {job.dialect.title} looks in {job.path} only: the"
                " job fails with status 127",
                f"write /usr/sbin/{name}, or PATH=/usr/sbin:/usr/bin:/sbin:/bin above the job",
            )


RULE = Rule(
    "CW324", "program-of-sbin", ERROR, "job", _find, dialects=("debian",),
    only_with=tuple(sorted(_IN_SBIN)),
)  # fmt: skip
