/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sandbox.c -- gives up everything that sensing does not need; the only file that knows
 * libseccomp. */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "daemon/log.h"
#include "daemon/sandbox.h"

#ifndef WITH_SECCOMP
#define WITH_SECCOMP 0
#endif

#define RADIO_CAPS (UINT64_C(1) << CAP_NET_ADMIN | UINT64_C(1) << CAP_NET_RAW)

static int failed(const char *what)
{
	int err = -errno;

	log_error("sandbox: %s: %s; not starting without it", what, strerror(-err));
	return err;
}

/* --- user and capabilities --------------------------------------------------------- */

static uint64_t permitted(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	if (syscall(SYS_capget, &head, data) < 0)
		return 0;
	return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

static int set_capabilities(uint64_t caps)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = (uint32_t)caps, .permitted = (uint32_t)caps },
		{ .effective = (uint32_t)(caps >> 32), .permitted = (uint32_t)(caps >> 32) },
	};

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return syscall(SYS_capset, &head, data) < 0 ? failed("capabilities") : 0;
}

/* What we and our children can never have again.  Only root may say so. */
static void drop_bounds(uint64_t keep)
{
	for (int cap = 0; cap < 64 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (!(keep >> cap & 1))
			prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
}

static int become(const struct passwd *pw)
{
	if (initgroups(pw->pw_name, pw->pw_gid) < 0 || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0)
		return failed("group");
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0)
		return failed("user");
	return 0;
}

static int change_user(const struct sandbox_options *o, uint64_t keep)
{
	const struct passwd *pw;

	if (geteuid())
		return 0;
	errno = 0;
	pw = getpwnam(o->user);
	drop_bounds(keep);
	if (pw)
		return become(pw);
	if (o->user_required) {
		log_error("sandbox: there is no user %s; create it, or correct user =", o->user);
		return -ENOENT;
	}
	log_warn("sandbox: running as root, because there is no user %s; create it: useradd --system "
		 "--shell /usr/sbin/nologin %s", o->user, o->user);
	return 0;
}

/* --- system calls ------------------------------------------------------------------ */

#if WITH_SECCOMP
#include <seccomp.h>

/* What sensing, a broker, a journal and the C library need, on all architectures; those
 * that one of them does not have are no matter. */
static const char *const left[] = {
	/* files */
	"read", "readv", "pread64", "preadv", "write", "writev", "pwrite64", "pwritev", "open", "openat", "close",
	"close_range", "stat", "stat64", "fstat", "fstat64", "lstat", "lstat64", "fstatat64", "newfstatat", "statx",
	"statfs", "statfs64", "fstatfs", "fstatfs64", "access", "faccessat", "faccessat2", "lseek", "_llseek",
	"readlink", "readlinkat", "getdents", "getdents64", "getcwd", "fcntl", "fcntl64", "flock", "ioctl", "dup", "dup2",
	"dup3", "pipe", "pipe2", "fsync", "fdatasync", "ftruncate", "ftruncate64", "fallocate",
	"fadvise64", "fadvise64_64", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat",
	"fchmod", "umask",
	/* memory */
	"brk", "munmap", "mremap", "madvise", "mlock", "munlock", "membarrier",
	/* time and waiting */
	"clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "clock_nanosleep",
	"clock_nanosleep_time64", "nanosleep", "gettimeofday", "time", "poll", "ppoll", "ppoll_time64", "select",
	"_newselect", "pselect6", "pselect6_time64", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait",
	"epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "timerfd_create", "timerfd_settime",
	"timerfd_settime64", "timerfd_gettime", "timerfd_gettime64", "signalfd", "signalfd4",
	/* whether the clock is kept right; to set it takes a capability that we do not have */
	"adjtimex", "clock_adjtime", "clock_adjtime64",
	/* network; socket is below */
	"connect", "bind", "listen", "accept", "accept4", "getsockname", "getpeername", "getsockopt", "setsockopt",
	"send", "sendto", "sendmsg", "sendmmsg", "recv", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64",
	"shutdown",
	/* threads, signals, ourselves; clone and prlimit64 are below */
	"futex", "futex_time64", "futex_waitv", "set_robust_list", "get_robust_list", "rseq", "set_tid_address",
	"sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler", "rt_sigaction",
	"rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_sigpending", "sigreturn",
	"sigaltstack", "restart_syscall", "tgkill", "tkill", "getpid", "getppid", "gettid", "getuid", "getuid32", "geteuid",
	"geteuid32", "getgid", "getgid32", "getegid", "getegid32", "getresuid", "getresuid32", "getresgid", "getresgid32", "getgroups", "getgroups32",
	"getrlimit",
	"ugetrlimit", "getrusage", "getrandom", "uname", "sysinfo", "times", "exit", "exit_group",
};

/* What neither we nor a program that tells people of an alarm has to do. */
static const char *const forbidden[] = {
	"acct", "add_key", "bpf", "chroot", "clock_settime", "delete_module",
	"finit_module", "fsconfig", "fsmount", "fsopen", "init_module", "io_uring_enter", "io_uring_register",
	"io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl", "mknod", "mknodat",
	"mount", "move_mount", "name_to_handle_at", "open_by_handle_at", "open_tree", "perf_event_open",
	"personality", "pidfd_getfd", "pivot_root", "process_vm_readv", "process_vm_writev", "ptrace", "quotactl",
	"reboot", "request_key", "sethostname", "setns", "settimeofday", "stime", "swapoff", "swapon", "umount",
	"umount2", "unshare", "userfaultfd", "vhangup", "vmsplice",
};

#define COUNT(list) ((int)(sizeof(list) / sizeof(*(list))))

static int add_all(scmp_filter_ctx f, uint32_t action, const char *const *names, int n)
{
	int added = 0;

	for (int i = 0; i < n; i++) {
		int number = seccomp_syscall_resolve_name(names[i]);

		if (number != __NR_SCMP_ERROR && seccomp_rule_add(f, action, number, 0) == 0)
			added++;
	}
	return added;
}

/* Allows a call where this argument, as far as `mask` goes, has this value. */
static int allow_if(scmp_filter_ctx f, int call, unsigned arg, scmp_datum_t mask, scmp_datum_t value)
{
	const struct scmp_arg_cmp cmp = { arg, SCMP_CMP_MASKED_EQ, mask, value };

	return seccomp_rule_add_array(f, SCMP_ACT_ALLOW, call, 1, &cmp);
}

/* Memory is for writing or for running, never both; threads, but no processes; limits are
 * read, not set; sockets of the families that brokers and radios have. */
static int add_careful(scmp_filter_ctx f)
{
	static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET };
	static const int maps[] = { SCMP_SYS(mmap), SCMP_SYS(mmap2) };
	const scmp_datum_t all = UINT64_MAX, both = PROT_WRITE | PROT_EXEC, thread = 0x00010000; /* CLONE_THREAD */
	int err = 0;

	for (int i = 0; i < COUNT(maps) && !err; i++)
		for (scmp_datum_t prot = 0; prot <= PROT_EXEC && !err; prot += PROT_WRITE)
			err = allow_if(f, maps[i], 2, both, prot);
	if (!err)
		err = allow_if(f, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
	if (!err)
		err = allow_if(f, SCMP_SYS(clone), 0, thread, thread);
	if (!err)
		err = allow_if(f, SCMP_SYS(prlimit64), 2, all, 0);
	for (int i = 0; i < COUNT(families) && !err; i++)
		err = allow_if(f, SCMP_SYS(socket), 0, all, (scmp_datum_t)families[i]);
	if (!err)
		err = allow_if(f, SCMP_SYS(socketpair), 0, all, AF_UNIX);
	return err;
}

/* 0 or -errno; *calls: how many are on the list. */
static int load_filter(bool runs_programs, int *calls)
{
	scmp_filter_ctx f = seccomp_init(runs_programs ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(ENOSYS));
	int err = 0;

	if (!f)
		return -ENOMEM;
	if (runs_programs) {
		*calls = add_all(f, SCMP_ACT_ERRNO(EPERM), forbidden, COUNT(forbidden));
	} else {
		*calls = add_all(f, SCMP_ACT_ALLOW, left, COUNT(left));
		err = add_careful(f);
	}
	if (!err)
		err = seccomp_load(f);
	seccomp_release(f);
	return err;
}
#else
static int load_filter(bool runs_programs, int *calls)
{
	(void)runs_programs;
	*calls = 0;
	return 0;
}
#endif

static void tell(uint64_t caps, bool runs_programs, int calls)
{
	char filter[64] = "";

	if (calls)
		snprintf(filter, sizeof(filter), runs_programs ? ", %d system calls forbidden"
							       : ", %d system calls left", calls);
	log_info("sandbox: user %u, %s, no new privileges%s", (unsigned)geteuid(),
		 caps ? "capabilities for radios only" : "no capabilities", filter);
}

int sandbox_enter(const struct sandbox_options *o)
{
	uint64_t keep = o->radio ? RADIO_CAPS : 0;
	int calls = 0, err = change_user(o, keep);

	keep &= permitted();
	if (!err)
		err = set_capabilities(keep);
	if (err)
		return err;
	umask(0077);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return failed("no new privileges");
	if (setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }) < 0)
		return failed("no core dumps");
	err = load_filter(o->runs_programs, &calls);
	if (err) {
		errno = -err;
		return failed("system calls");
	}
	tell(keep, o->runs_programs, calls);
	return 0;
}
