/* SPDX-License-Identifier: MIT */
#include "checkpoint/sink.h"

#include "base/diagnostic.h"
#include "checkpoint/system.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static sftr_code
fail_write(const sftr__sink *sink, int os_errno, sftr_error *err)
{
	if (os_errno == ENOSPC && sink->space != UINT64_MAX)
		return sftr__fail_os(err, os_errno,
				     "cannot write %" PRIu64 " bytes, %" PRIu64
				     " were free",
				     sink->n_bytes, sink->space);
	return sftr__fail_os(err, os_errno, "cannot write %" PRIu64 " bytes",
			     sink->n_bytes);
}

/* Leaves out the first n bytes of the parts. */
static void
drop_written(struct iovec **parts, int *n_parts, uint64_t n)
{
	while (*n_parts > 0 && n >= (*parts)->iov_len) {
		n -= (*parts)->iov_len;
		(*parts)++;
		(*n_parts)--;
	}
	if (*n_parts > 0) {
		(*parts)->iov_base = (char *)(*parts)->iov_base + n;
		(*parts)->iov_len -= (size_t)n;
	}
}

/* Writes until all is written, whatever a single call takes. */
static sftr_code
write_all(sftr__sink *sink, uint64_t offset, struct iovec *parts, int n_parts,
	  sftr_error *err)
{
	while (n_parts > 0) {
		int64_t n = sink->any_order ?
				    sftr__sys_pwritev(sink->fd, parts, n_parts,
						      offset) :
				    sftr__sys_writev(sink->fd, parts, n_parts);

		if (n == -EINTR)
			continue;
		/* Nothing of something: it would go on so for ever. */
		if (n <= 0)
			return fail_write(sink, n == 0 ? EIO : (int)-n, err);
		offset += (uint64_t)n;
		drop_written(&parts, &n_parts, (uint64_t)n);
	}
	return SFTR_OK;
}

/*
 * Space that cannot be had is a failure now rather than after a gigabyte; that
 * a file system cannot tell is none.
 */
static sftr_code
reserve(sftr__sink *sink, sftr_error *err)
{
	int result;

	do
		result = sftr__sys_fallocate(sink->fd, sink->n_bytes);
	while (result == -EINTR);
	switch (-result) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case EIO: return fail_write(sink, -result, err);
	default: return SFTR_OK;
	}
}

sftr_code
sftr__sink_file(sftr__sink *sink, int fd, uint64_t n_bytes, sftr_error *err)
{
	memset(sink, 0, sizeof *sink);
	sink->take = write_all;
	sink->any_order = true;
	sink->fd = fd;
	sink->n_bytes = n_bytes;
	if (n_bytes > INT64_MAX)
		return fail_write(sink, EFBIG, err);
	if (sftr__sys_space(fd, &sink->space) != 0)
		sink->space = UINT64_MAX;
	return reserve(sink, err);
}

void
sftr__sink_stream(sftr__sink *sink, int fd, uint64_t n_bytes)
{
	memset(sink, 0, sizeof *sink);
	sink->take = write_all;
	sink->fd = fd;
	sink->n_bytes = n_bytes;
	sink->space = UINT64_MAX;
}

static sftr_code
copy_all(sftr__sink *sink, uint64_t offset, struct iovec *parts, int n_parts,
	 sftr_error *err)
{
	(void)err;
	for (int i = 0; i < n_parts; i++) {
		memcpy(sink->memory + offset, parts[i].iov_base,
		       parts[i].iov_len);
		offset += parts[i].iov_len;
	}
	return SFTR_OK;
}

void
sftr__sink_memory(sftr__sink *sink, void *memory, uint64_t n_bytes)
{
	memset(sink, 0, sizeof *sink);
	sink->take = copy_all;
	sink->memory = memory;
	sink->n_bytes = n_bytes;
}

static sftr_code
hand_all(sftr__sink *sink, uint64_t offset, struct iovec *parts, int n_parts,
	 sftr_error *err)
{
	for (int i = 0; i < n_parts; i++) {
		if (sink->fn(sink->user, parts[i].iov_base, parts[i].iov_len) !=
		    0)
			return sftr__fail_at(err, SFTR_E_CANCELLED, offset,
					     "the callback refused %zu bytes",
					     parts[i].iov_len);
		offset += parts[i].iov_len;
	}
	return SFTR_OK;
}

void
sftr__sink_callback(sftr__sink *sink, sftr_sink_fn *fn, void *user,
		    uint64_t n_bytes)
{
	memset(sink, 0, sizeof *sink);
	sink->take = hand_all;
	sink->fn = fn;
	sink->user = user;
	sink->n_bytes = n_bytes;
}
