/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a process can no longer do once it is in the sandbox, tried by a child that is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "daemon/log.h"
#include "daemon/sandbox.h"
#include "tests/support/scratch.h"

/* Stops the child; the line says what was possible, or not. */
#define MUST(condition) do {							\
	if (!(condition)) {							\
		fprintf(stderr, "%s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, strerror(errno)); \
		_exit(1);							\
	}									\
} while (0)

#define FAILS_WITH(error, call) MUST((call) == -1 && errno == (error))

/* Runs `tries` in a child inside of the sandbox. */
static void inside(struct sandbox_options o, void (*tries)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		MUST(sandbox_enter(&o) == 0);
		tries();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static const struct sandbox_options plain = { .user = "no-such-user" };

/* The line of /proc/self/status that begins so, behind its colon. */
static uint64_t status_of(const char *name)
{
	char line[256];
	FILE *f = fopen("/proc/self/status", "re");
	size_t len = strlen(name);
	uint64_t value = UINT64_MAX;

	MUST(f);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, name, len) && line[len] == ':')
			value = strtoull(line + len + 1, NULL, 16);
	fclose(f);
	return value;
}

static void try_privileges(void)
{
	struct rlimit limit;

	MUST(status_of("CapEff") == 0);
	MUST(status_of("CapPrm") == 0);
	MUST(status_of("CapInh") == 0);
	MUST(status_of("CapAmb") == 0);
	MUST(status_of("NoNewPrivs") == 1);
	MUST(geteuid() || status_of("CapBnd") == 0);
	MUST(getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0);
	MUST(socket(AF_PACKET, SOCK_RAW, 0) == -1);
}

static void no_privilege_is_left(void **state)
{
	(void)state;
	inside(plain, try_privileges);
}

static void try_radio(void)
{
	const uint64_t caps = 1 << 12 | 1 << 13;	/* CAP_NET_ADMIN, CAP_NET_RAW */

	MUST(status_of("CapEff") == caps);
	MUST(status_of("CapPrm") == caps);
	MUST(status_of("CapBnd") == caps);
}

static void a_radio_keeps_two_capabilities(void **state)
{
	struct sandbox_options o = plain;

	(void)state;
	if (geteuid())
		skip();			/* who is not root has none to keep */
	o.radio = true;
	inside(o, try_radio);
	o.user = "nobody";
	inside(o, try_radio);
}

static void try_other_user(void)
{
	const struct passwd *pw = getpwnam("nobody");
	uid_t r, e, s;

	MUST(pw && getresuid(&r, &e, &s) == 0);
	MUST(r == pw->pw_uid && e == pw->pw_uid && s == pw->pw_uid);
	MUST(getgid() == pw->pw_gid && getegid() == pw->pw_gid);
	MUST(setuid(0) == -1);
	MUST(open("/etc/shadow", O_RDONLY | O_CLOEXEC) == -1 && errno == EACCES);
	MUST(status_of("CapEff") == 0);
}

static void root_becomes_another_user_and_cannot_return(void **state)
{
	struct sandbox_options o = { .user = "nobody", .user_required = true };

	(void)state;
	if (geteuid())
		skip();
	inside(o, try_other_user);
}

static void without_the_user_that_was_asked_for_it_does_not_start(void **state)
{
	const struct sandbox_options o = { .user = "no-such-user", .user_required = true };

	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(sandbox_enter(&o), -ENOENT);
}

static void try_files(void)
{
	struct stat st;
	int fd = open(scratch_path("new"), O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	MUST(fd >= 0 && fstat(fd, &st) == 0);
	MUST((st.st_mode & 0777) == 0600);
	MUST(fdatasync(fd) == 0 && ftruncate(fd, 10) == 0);
	MUST(mkdir(scratch_path("folder"), 0777) == 0 && stat(scratch_path("folder"), &st) == 0);
	MUST((st.st_mode & 0777) == 0700);
}

static void files_are_ours_alone(void **state)
{
	(void)state;
	inside(plain, try_files);
}

#if WITH_SECCOMP
static void try_calls(void)
{
	char *const argv[] = { "true", NULL };
	const size_t page = 4096;
	void *memory;

	MUST(status_of("Seccomp") == 2);
	FAILS_WITH(ENOSYS, execve("/bin/true", argv, argv + 1));
	FAILS_WITH(ENOSYS, fork());
	FAILS_WITH(ENOSYS, syscall(SYS_ptrace, 0, 0, 0, 0));
	FAILS_WITH(ENOSYS, syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL));
	FAILS_WITH(ENOSYS, syscall(SYS_bpf, 0, NULL, 0));
	FAILS_WITH(ENOSYS, syscall(SYS_unshare, 0x10000000));
	FAILS_WITH(ENOSYS, syscall(SYS_setuid, 0));
	FAILS_WITH(ENOSYS, syscall(SYS_fchmodat, AT_FDCWD, "/", 0777));	/* newer machines have no chmod */
	FAILS_WITH(ENOSYS, syscall(SYS_kill, getppid(), 9));
#if !defined(__i386__) && !defined(__s390__)	/* there C libraries use socketcall, whose arguments no filter sees */
	FAILS_WITH(ENOSYS, socket(AF_VSOCK, SOCK_STREAM, 0));
	FAILS_WITH(ENOSYS, socket(38, SOCK_SEQPACKET, 0));		/* AF_ALG */
#endif
	MUST(mmap(NULL, page, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(memory != MAP_FAILED);
	FAILS_WITH(ENOSYS, mprotect(memory, page, PROT_READ | PROT_EXEC));
	MUST(mprotect(memory, page, PROT_READ) == 0 && munmap(memory, page) == 0);
}

static void no_program_can_be_started_and_no_kernel_feature_tried(void **state)
{
	(void)state;
	inside(plain, try_calls);
}

static void *in_thread(void *arg)
{
	char *const argv[] = { "true", NULL };

	*(int *)arg = execve("/bin/true", argv, argv + 1) == -1 && errno == ENOSYS;
	return NULL;
}

static void try_threads(void)
{
	pthread_t thread;
	struct addrinfo *a = NULL;
	int refused = 0;

	MUST(pthread_create(&thread, NULL, in_thread, &refused) == 0);
	MUST(pthread_join(thread, NULL) == 0);
	MUST(refused);
	MUST(getaddrinfo("localhost", "1883", NULL, &a) == 0);
	freeaddrinfo(a);
}

static void threads_start_and_are_inside_too(void **state)
{
	(void)state;
	inside(plain, try_threads);
}

static void try_hook(void)
{
	FAILS_WITH(EPERM, syscall(SYS_ptrace, 0, 0, 0, 0));
	FAILS_WITH(EPERM, syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL));
	FAILS_WITH(EPERM, syscall(SYS_unshare, 0x10000000));
	MUST(system("test \"$(sed -n 's/^NoNewPrivs:.//p' /proc/self/status)\" = 1") == 0);
	MUST(system("grep -q '^CapEff:.0*$' /proc/self/status") == 0);
}

static void programs_run_if_they_have_to_but_without_rights(void **state)
{
	struct sandbox_options o = plain;

	(void)state;
	o.runs_programs = true;
	inside(o, try_hook);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_privilege_is_left),
		cmocka_unit_test(a_radio_keeps_two_capabilities),
		cmocka_unit_test(root_becomes_another_user_and_cannot_return),
		cmocka_unit_test(without_the_user_that_was_asked_for_it_does_not_start),
		cmocka_unit_test(files_are_ours_alone),
#if WITH_SECCOMP
		cmocka_unit_test(no_program_can_be_started_and_no_kernel_feature_tried),
		cmocka_unit_test(threads_start_and_are_inside_too),
		cmocka_unit_test(programs_run_if_they_have_to_but_without_rights),
#endif
	};

	log_open(getenv("VERBOSE") ? LOG_LVL_DEBUG : LOG_LVL_ERROR - 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
