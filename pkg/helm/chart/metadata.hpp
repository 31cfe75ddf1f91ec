#pragma once

#include <string_view>

#include "pkg/base/result.hpp"
#include "pkg/helm/chart/chart.hpp"
#include "pkg/json/value.hpp"

namespace weir::helm {

/// Reads Chart.yaml into `metadata`, or requirements.yaml over it: names of fields in any case, unknown ones are passed
/// over, a number or boolean where a text belongs is its text.
/// @returns an error with Helm's words, without the name of the file
Result<void> read_metadata(std::string_view yaml, Metadata& metadata);

/// The same from a document that has been read: the entry of an index, say.
Result<void> read_metadata(const json::Value& document, Metadata& metadata);

/// Reads Chart.lock or requirements.lock.
Result<Lock> read_lock(std::string_view yaml);

/// Turns what does not print into blanks, then checks the fields.
/// @returns an error with Helm's words: "validation: chart.metadata.name is required"
Result<void> validate(Metadata& metadata);

/// The apiVersion that Chart.yaml says, "" when it has none.
Result<std::string> read_api_version(std::string_view yaml);

}  // namespace weir::helm
