/* SPDX-License-Identifier: MIT */
#include "cli/element.h"

const char *
element_type(sftr_dtype dtype)
{
	switch (dtype) {
	case SFTR_I8: return "int8_t";
	case SFTR_I16: return "int16_t";
	case SFTR_I32: return "int32_t";
	case SFTR_I64: return "int64_t";
	case SFTR_U16:
	case SFTR_F16:
	case SFTR_BF16: return "uint16_t";
	case SFTR_U32: return "uint32_t";
	case SFTR_U64: return "uint64_t";
	case SFTR_F32: return "float";
	case SFTR_F64: return "double";
	case SFTR_C64: return "c64";
	default: return "uint8_t";
	}
}

bool
element_is_derived(sftr_dtype dtype)
{
	switch (dtype) {
	case SFTR_U8:
	case SFTR_I8:
	case SFTR_I16:
	case SFTR_U16:
	case SFTR_I32:
	case SFTR_U32:
	case SFTR_F32:
	case SFTR_C64:
	case SFTR_F64:
	case SFTR_I64:
	case SFTR_U64: return true;
	default: return false;
	}
}

bool
element_is_value(const sftr_leaf *leaf)
{
	return leaf->rank == 0 && element_is_derived(leaf->dtype);
}
