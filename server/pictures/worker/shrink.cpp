#include "server/pictures/worker/shrink.hpp"

#include <vips/vips.h>

#include <memory>

namespace skypod::server::pictures {
namespace {

constexpr int tallest = 4;  // widths high
constexpr int quality = 80;

struct Release {
  void operator()(VipsImage* image) const { g_object_unref(image); }
  void operator()(void* octets) const { g_free(octets); }
};
using Image = std::unique_ptr<VipsImage, Release>;

bool is_known(std::string_view picture) {
  const bool webp = picture.starts_with("RIFF") && picture.substr(0, 12).ends_with("WEBP");
  return webp || picture.starts_with("\xff\xd8\xff") || picture.starts_with("\x89PNG\r\n\x1a\n") ||
         picture.starts_with("GIF87a") || picture.starts_with("GIF89a");
}

/// Reads the head only.
Outcome judge(std::string_view picture) {
  if (!is_known(picture)) return Outcome::unknown;
  const Image image(
      vips_image_new_from_buffer(picture.data(), picture.size(), "", "access", VIPS_ACCESS_SEQUENTIAL, nullptr));
  if (!image) return Outcome::broken;
  const auto width = static_cast<std::uint64_t>(vips_image_get_width(image.get()));
  const auto height = static_cast<std::uint64_t>(vips_image_get_height(image.get()));
  return width * height > pixels_max ? Outcome::too_large : Outcome::done;
}

Image thumbnail_of(std::string_view picture, int width) {
  VipsImage* small = nullptr;
  auto* octets = const_cast<char*>(picture.data());  // vips reads it only
  const int failed = vips_thumbnail_buffer(octets, picture.size(), &small, width, "height", width * tallest, "size",
                                           VIPS_SIZE_DOWN, "fail_on", VIPS_FAIL_ON_NONE, nullptr);
  return Image(failed != 0 ? nullptr : small);
}

/// JPEG has no transparency: white shines through.
Image without_alpha(Image image) {
  if (vips_image_hasalpha(image.get()) == 0) return image;
  VipsImage* flat = nullptr;
  VipsArrayDouble* white = vips_array_double_newv(1, 255.0);
  const int failed = vips_flatten(image.get(), &flat, "background", white, nullptr);
  vips_area_unref(VIPS_AREA(white));
  return Image(failed != 0 ? nullptr : flat);
}

bool encode(VipsImage* image, Type type, std::string& out) {
  void* octets = nullptr;
  std::size_t size = 0;
  const int failed =
      type == Type::webp
          ? vips_webpsave_buffer(image, &octets, &size, "Q", quality, "effort", 2, "strip", 1, nullptr)
          : vips_jpegsave_buffer(image, &octets, &size, "Q", quality, "optimize_coding", 1, "strip", 1, nullptr);
  const std::unique_ptr<void, Release> owned(octets);
  if (failed != 0 || size > thumbnail_octets_max) return false;
  out.assign(static_cast<const char*>(octets), size);
  return true;
}

}  // namespace

void prepare_library() {
  if (VIPS_INIT("skypod-pictures") != 0) vips_error_exit(nullptr);
  vips_block_untrusted_set(TRUE);
  vips_operation_block_set("VipsForeignLoad", TRUE);
  for (const char* wanted : {"VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadNsgifBuffer",
                             "VipsForeignLoadWebpBuffer"}) {
    vips_operation_block_set(wanted, FALSE);
  }
  vips_cache_set_max(0);
  vips_concurrency_set(1);
}

Outcome shrink(std::string_view picture, int width, Type type, std::string& out) {
  const Outcome judged = judge(picture);
  if (judged != Outcome::done) return judged;
  Image image = thumbnail_of(picture, width);
  if (image && type == Type::jpeg) image = without_alpha(std::move(image));
  const bool is_done = image && encode(image.get(), type, out);
  vips_error_clear();
  return is_done ? Outcome::done : Outcome::broken;
}

}  // namespace skypod::server::pictures
