/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal as a file: damaged, cut short, read-only, without space. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "daemon/journal_file.h"
#include "tests/support/overheard.h"
#include "tests/support/scratch.h"

static struct journal_file file;
static char found[4096];		/* "key=text " for each record */

static void note(void *owner, const char *key, const uint8_t *record, size_t bytes)
{
	size_t n = strlen(found);

	(void)owner;
	snprintf(found + n, sizeof(found) - n, "%s=%.*s ", key, (int)bytes, (const char *)record);
}

static int open_file(const char *path)
{
	found[0] = 0;
	return journal_file_open(&file, path, note, NULL);
}

static int put(const char *key, const char *text)
{
	return journal_put(&file.journal, key, text, strlen(text));
}

/* A path that lasts for a test. */
static const char *kept(const char *path)
{
	static char copy[512];

	snprintf(copy, sizeof(copy), "%s", path);
	return copy;
}

static void what_was_put_is_there_after_a_restart(void **state)
{
	const char *path = kept(scratch_path("journal"));
	struct stat st;

	(void)state;
	listen_to_log();
	assert_int_equal(open_file(path), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, JOURNAL_BYTES);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(put("a", "confirmed"), 0);
	assert_int_equal(put("b", "confirmed"), 0);
	assert_int_equal(put("a", "cleared"), 0);
	journal_file_close(&file);
	assert_int_equal(open_file(path), 0);
	assert_string_equal(found, "b=confirmed a=cleared ");
	journal_file_close(&file);
	assert_true(said(""));
	unlink(path);
}

static void random_bytes_are_a_clean_start_and_a_line(void **state)
{
	static uint8_t junk[JOURNAL_BYTES + 1000];
	struct stat st;
	const char *path;

	(void)state;
	for (size_t i = 0; i < sizeof(junk); i++)
		junk[i] = (uint8_t)(i * 2654435761u >> 11);
	path = kept(scratch_write("junk", junk, sizeof(junk)));
	listen_to_log();
	assert_int_equal(open_file(path), 0);
	assert_true(said("junk: 128 of 128 slots are damaged and will be used again; 0 records"));
	assert_string_equal(found, "");
	assert_int_equal(put("a", "confirmed"), 0);
	journal_file_close(&file);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, JOURNAL_BYTES);
	listen_to_log();
	assert_int_equal(open_file(path), 0);
	assert_true(said("127 of 128 slots"));
	assert_string_equal(found, "a=confirmed ");
	journal_file_close(&file);
	unlink(path);
}

static void a_file_cut_short_is_made_whole(void **state)
{
	const char *path = kept(scratch_path("short"));
	struct stat st;

	(void)state;
	assert_int_equal(open_file(path), 0);
	assert_int_equal(put("a", "confirmed"), 0);
	assert_int_equal(put("b", "confirmed"), 0);
	journal_file_close(&file);
	assert_int_equal(truncate(path, JOURNAL_SLOT_BYTES), 0);
	listen_to_log();
	assert_int_equal(open_file(path), 0);
	assert_true(said("cut short after 512 bytes; 1 records are sound"));
	assert_string_equal(found, "a=confirmed ");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, JOURNAL_BYTES);
	journal_file_close(&file);
	unlink(path);
}

static void what_is_no_journal_is_refused(void **state)
{
	struct journal_file other;
	const char *path = kept(scratch_path("journal"));
	char longest[400];

	(void)state;
	assert_int_equal(open_file(path), 0);
	assert_int_equal(journal_file_open(&other, path, NULL, NULL), -EBUSY);
	journal_file_close(&file);
	assert_int_equal(journal_file_open(&other, path, NULL, NULL), 0);
	journal_file_close(&other);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(open_file(path), -EINVAL);
	unlink(path);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(open_file(path), -ELOOP);
	unlink(path);
	assert_int_equal(open_file("/dev/null"), -EINVAL);
	assert_int_equal(open_file("/"), -EISDIR);
	assert_int_equal(open_file("/no/such/folder/journal"), -ENOENT);
	assert_int_equal(open_file(""), -EINVAL);
	memset(longest, 'x', sizeof(longest));
	longest[399] = 0;
	assert_int_equal(open_file(longest), -ENAMETOOLONG);
}

/* Mounts that are this process's own: as root, else as the root of a user namespace. */
static bool own_mounts(void)
{
	char map[64];
	int fd;

	if (unshare(CLONE_NEWNS) == 0)
		return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)getuid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || (fd = open("/proc/self/uid_map", O_WRONLY)) < 0)
		return false;
	return write(fd, map, strlen(map)) > 0 && close(fd) == 0;
}

/* In a namespace of its own, with a file system of so many KiB at /mnt: what `work`
 * returns; -1 where the kernel does not allow that. */
static int in_small_world(int (*work)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		if (!own_mounts() || mount("none", "/mnt", "tmpfs", 0, "size=96k") < 0)
			_exit(99);
		_exit(work());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 99 ? -1 : WEXITSTATUS(status);
}

#define REQUIRE(condition) do { if (!(condition)) return __LINE__ & 0x3f ? __LINE__ & 0x3f : 1; } while (0)

static int read_only_world(void)
{
	REQUIRE(open_file("/mnt/journal") == 0);
	REQUIRE(put("a", "confirmed") == 0);
	journal_file_close(&file);
	REQUIRE(mount("none", "/mnt", NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0);
	REQUIRE(open_file("/mnt/journal") == 0);
	REQUIRE(!strcmp(found, "a=confirmed "));
	REQUIRE(put("b", "confirmed") == -EROFS);
	REQUIRE(journal_erase(&file.journal, "a") == -EROFS);
	journal_file_close(&file);
	REQUIRE(open_file("/mnt/other") == -EROFS);
	return 0;
}

static int full_world(void)
{
	static uint8_t filler[90 * 1024];
	int fd = open("/mnt/filler", O_WRONLY | O_CREAT, 0600);

	REQUIRE(write(fd, filler, sizeof(filler)) == sizeof(filler));
	close(fd);
	REQUIRE(open_file("/mnt/journal") == 0);	/* says that it has no space */
	REQUIRE(put("a", "confirmed") == 0);		/* one page was left */
	for (int i = 0; i < 20; i++) {
		char key[16];

		snprintf(key, sizeof(key), "key %d", i);
		REQUIRE(put(key, "confirmed") == 0 || i > 5);
		if (i > 12)
			REQUIRE(put(key, "confirmed") == -ENOSPC);
	}
	unlink("/mnt/filler");
	REQUIRE(put("b", "confirmed") == 0);
	journal_file_close(&file);
	REQUIRE(open_file("/mnt/journal") == 0);
	REQUIRE(!strncmp(found, "a=confirmed ", 12) && strstr(found, " b=confirmed "));
	return 0;
}

static void a_read_only_file_system_is_read_and_named(void **state)
{
	int result;

	(void)state;
	listen_to_log();
	result = in_small_world(read_only_world);
	if (result < 0) {
		assert_true(said(""));
		skip();
	}
	assert_int_equal(result, 0);
	assert_true(said("only readable: Read-only file system"));
}

static void a_full_file_system_is_named_and_left_behind(void **state)
{
	int result;

	(void)state;
	listen_to_log();
	result = in_small_world(full_world);
	if (result < 0) {
		assert_true(said(""));
		skip();
	}
	assert_int_equal(result, 0);
	assert_true(said("cannot take its 64 KiB: No space left on device"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_there_after_a_restart),
		cmocka_unit_test(random_bytes_are_a_clean_start_and_a_line),
		cmocka_unit_test(a_file_cut_short_is_made_whole),
		cmocka_unit_test(what_is_no_journal_is_refused),
		cmocka_unit_test(a_read_only_file_system_is_read_and_named),
		cmocka_unit_test(a_full_file_system_is_named_and_left_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
