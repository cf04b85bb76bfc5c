"""What the pages say of every field, word by word, without their prose: the published view must say the same."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from openapi.pages import load_pages

CREATE = {
    "Wan26ReferenceVideoFlashRequest": {"type": "object", "required": ["model", "prompt", "video_urls"]},
    "Wan26ReferenceVideoFlashRequest.model": {
        "type": "string",
        "enum": ["wan2.6-reference-video-flash"],
        "default": "wan2.6-reference-video-flash",
        "example": "wan2.6-reference-video-flash",
    },
    "Wan26ReferenceVideoFlashRequest.prompt": {"type": "string", "example": "A person dancing", "maxLength": 1500},
    "Wan26ReferenceVideoFlashRequest.video_urls": {
        "type": "array",
        "items": {"type": "string", "format": "uri"},
        "maxItems": 3,
        "example": ["https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/xxx.mp4"],
    },
    "Wan26ReferenceVideoFlashRequest.aspect_ratio": {"type": "string", "example": "16:9"},
    "Wan26ReferenceVideoFlashRequest.quality": {"type": "string", "example": "720p"},
    "Wan26ReferenceVideoFlashRequest.duration": {"type": "integer", "minimum": 2, "maximum": 10, "example": 5},
    "Wan26ReferenceVideoFlashRequest.model_params": {"type": "object"},
    "Wan26ReferenceVideoFlashRequest.model_params.shot_type": {
        "type": "string",
        "enum": ["single", "multi"],
        "example": "single",
    },
    "Wan26ReferenceVideoFlashRequest.generate_audio": {"type": "boolean", "default": True, "example": True},
    "Wan26ReferenceVideoFlashRequest.callback_url": {
        "type": "string",
        "format": "uri",
        "example": "https://your-domain.com/webhooks/video-task-completed",
    },
    "VideoGenerationResponse": {"type": "object"},
    "VideoGenerationResponse.created": {"type": "integer", "example": 1757169743},
    "VideoGenerationResponse.id": {"type": "string", "example": "task-unified-1757169743-7cvnl5zw"},
    "VideoGenerationResponse.model": {"type": "string", "example": "wan2.6-reference-video-flash"},
    "VideoGenerationResponse.object": {"type": "string", "enum": ["video.generation.task"]},
    "VideoGenerationResponse.progress": {"type": "integer", "minimum": 0, "maximum": 100, "example": 0},
    "VideoGenerationResponse.status": {
        "type": "string",
        "enum": ["pending", "processing", "completed", "failed"],
        "example": "pending",
    },
    "VideoGenerationResponse.task_info": {"$ref": "#/components/schemas/VideoTaskInfo"},
    "VideoGenerationResponse.type": {"type": "string", "enum": ["text", "image", "audio", "video"], "example": "video"},
    "VideoGenerationResponse.usage": {"$ref": "#/components/schemas/Usage"},
    "ErrorResponse": {"type": "object"},
    "ErrorResponse.error": {"type": "object"},
    "ErrorResponse.error.code": {"type": "string"},
    "ErrorResponse.error.message": {"type": "string"},
    "ErrorResponse.error.type": {"type": "string"},
    "VideoTaskInfo": {"type": "object"},
    "VideoTaskInfo.can_cancel": {"type": "boolean", "example": True},
    "VideoTaskInfo.estimated_time": {"type": "integer", "minimum": 0, "example": 120},
    "Usage": {"type": "object"},
    "Usage.billing_rule": {"type": "string", "enum": ["per_call", "per_token", "per_second"], "example": "per_call"},
    "Usage.credits_reserved": {"type": "number", "minimum": 0, "example": 5},
    "Usage.user_group": {"type": "string", "enum": ["default", "vip"], "example": "default"},
}
TASK = {
    "TaskDetailResponse": {"type": "object"},
    "TaskDetailResponse.created": {"type": "integer", "example": 1756817821},
    "TaskDetailResponse.id": {"type": "string", "example": "task-unified-1756817821-4x3rx6ny"},
    "TaskDetailResponse.model": {"type": "string", "example": "gemini-3.1-flash-image-preview"},
    "TaskDetailResponse.object": {
        "type": "string",
        "enum": ["image.generation.task", "video.generation.task", "audio.generation.task"],
        "example": "image.generation.task",
    },
    "TaskDetailResponse.progress": {"type": "integer", "minimum": 0, "maximum": 100, "example": 100},
    "TaskDetailResponse.results": {
        "type": "array",
        "items": {"type": "string", "format": "uri"},
        "example": ["http://example.com/image.jpg"],
    },
    "TaskDetailResponse.status": {
        "type": "string",
        "enum": ["pending", "processing", "completed", "failed"],
        "example": "completed",
    },
    "TaskDetailResponse.error": {"type": "object", "nullable": True},
    "TaskDetailResponse.error.code": {"type": "string", "example": "content_policy_violation"},
    "TaskDetailResponse.error.message": {
        "type": "string",
        "example": "Content policy violation.\nYour request was blocked by safety filters.",
    },
    "TaskDetailResponse.error.type": {"type": "string", "example": "task_error"},
    "TaskDetailResponse.task_info": {"type": "object"},
    "TaskDetailResponse.task_info.can_cancel": {"type": "boolean", "example": False},
    "TaskDetailResponse.type": {"type": "string", "enum": ["image", "video", "audio", "text"], "example": "image"},
    "ErrorResponse": {"type": "object"},
    "ErrorResponse.error": {"type": "object"},
    "ErrorResponse.error.code": {"type": "string", "example": "invalid_task_id"},
    "ErrorResponse.error.message": {"type": "string", "example": "Invalid task ID format"},
    "ErrorResponse.error.type": {"type": "string", "example": "invalid_request_error"},
    "ErrorResponse.error.param": {"type": "string", "example": "task_id"},
}
CREDITS = {
    "CreditsResponse": {"type": "object", "required": ["data", "message", "success"]},
    "CreditsResponse.data": {"type": "object", "required": ["token", "user"]},
    "CreditsResponse.data.token": {
        "type": "object",
        "required": ["remaining_credits", "unlimited_credits", "used_credits"],
    },
    "CreditsResponse.data.token.remaining_credits": {"type": "number", "format": "double", "example": 99416.4429},
    "CreditsResponse.data.token.unlimited_credits": {"type": "boolean", "example": False},
    "CreditsResponse.data.token.used_credits": {"type": "number", "format": "double", "example": 583.5571},
    "CreditsResponse.data.user": {"type": "object", "required": ["remaining_credits", "used_credits"]},
    "CreditsResponse.data.user.remaining_credits": {"type": "number", "format": "double", "example": 1095.3996},
    "CreditsResponse.data.user.used_credits": {"type": "number", "format": "double", "example": 135.9048},
    "CreditsResponse.message": {"type": "string", "example": ""},
    "CreditsResponse.success": {"type": "boolean", "example": True},
    "ErrorResponse": {"type": "object"},
    "ErrorResponse.error": {"type": "object"},
    "ErrorResponse.error.code": {"type": "integer", "example": 401},
    "ErrorResponse.error.message": {"type": "string", "example": "Invalid or expired token"},
    "ErrorResponse.error.type": {"type": "string", "example": "authentication_error"},
    "ErrorResponse.error.param": {"type": "string", "example": "token"},
    "ErrorResponse.error.fallback_suggestion": {"type": "string", "example": "retry after 60 seconds"},
}
QUOTA = {
    "QuotaResponse": {"type": "object"},
    "QuotaResponse.success": {"type": "boolean", "example": True},
    "QuotaResponse.code": {"type": "integer", "example": 200},
    "QuotaResponse.data": {"$ref": "#/components/schemas/QuotaData"},
    "QuotaData": {"type": "object"},
    "QuotaData.user_group": {"type": "string", "example": "default"},
    "QuotaData.used_files": {"type": "integer", "example": 35},
    "QuotaData.max_files": {"type": "integer", "example": 2000},
    "QuotaData.remain_files": {"type": "integer", "example": 65},
    "QuotaData.is_custom": {"type": "boolean", "example": False},
    "QuotaData.quota_reason": {"type": "string", "example": ""},
}
BASE64 = {
    "Base64UploadRequest": {"type": "object", "required": ["base64_data"]},
    "Base64UploadRequest.base64_data": {"type": "string", "example": "data:image/png;base64,iVBORw0KGgo..."},
    "Base64UploadRequest.upload_path": {"type": "string", "example": "avatars"},
    "Base64UploadRequest.file_name": {"type": "string", "example": "avatar.png"},
}
STREAM = {
    "StreamUploadRequest": {"type": "object", "required": ["file"]},
    "StreamUploadRequest.file": {"type": "string", "format": "binary"},
    "StreamUploadRequest.upload_path": {"type": "string", "example": "photos"},
    "StreamUploadRequest.file_name": {"type": "string", "example": "photo.png"},
}
URL = {
    "UrlUploadRequest": {"type": "object", "required": ["file_url"]},
    "UrlUploadRequest.file_url": {"type": "string", "format": "uri", "example": "https://example.com/image.jpg"},
    "UrlUploadRequest.upload_path": {"type": "string", "example": "downloads"},
    "UrlUploadRequest.file_name": {"type": "string", "example": "downloaded.jpg"},
}


def stored_file(folder: str, name: str, mime: str) -> dict[str, dict[str, Any]]:
    """The answer that the three upload pages share but for its examples."""
    return {
        "FileUploadResponse": {"type": "object"},
        "FileUploadResponse.success": {"type": "boolean", "example": True},
        "FileUploadResponse.code": {"type": "integer", "example": 200},
        "FileUploadResponse.msg": {"type": "string", "example": "File uploaded successfully"},
        "FileUploadResponse.data": {"$ref": "#/components/schemas/FileData"},
        "FileData": {"type": "object"},
        "FileData.file_id": {"type": "string", "example": "file_abc123"},
        "FileData.file_name": {"type": "string", "example": name},
        "FileData.original_name": {"type": "string", "example": name},
        "FileData.file_size": {"type": "integer", "example": 2048},
        "FileData.mime_type": {"type": "string", "example": mime},
        "FileData.upload_path": {"type": "string", "example": folder},
        "FileData.file_url": {
            "type": "string",
            "format": "uri",
            "example": f"https://files.evolink.ai/{folder}/{name}",
        },
        "FileData.download_url": {
            "type": "string",
            "format": "uri",
            "example": "https://files.evolink.ai/api/v1/files/download/file_abc123",
        },
        "FileData.upload_time": {"type": "string", "format": "date-time", "example": "2025-10-09T00:00:00+08:00"},
        "FileData.expires_at": {"type": "string", "format": "date-time", "example": "2025-10-12T00:00:00+08:00"},
    }


def list_fields(name: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each field of a schema with what is said of it, prose left out."""
    yield name, {keyword: value for keyword, value in schema.items() if keyword not in ("description", "properties")}
    for field, inner in schema.get("properties", {}).items():
        yield from list_fields(f"{name}.{field}", inner)


@pytest.mark.parametrize(
    ("page", "facts"),
    [
        ("wan2.6-reference-video-flash", CREATE),
        ("get-task-detail", TASK),
        ("get-credits", CREDITS),
        ("quota", QUOTA),
        ("upload-base64", {**BASE64, **stored_file("avatars", "avatar.png", "image/png")}),
        ("upload-stream", {**STREAM, **stored_file("photos", "photo.png", "image/png")}),
        ("upload-url", {**URL, **stored_file("downloads", "downloaded.jpg", "image/jpeg")}),
    ],
)
def test_every_field_of_the_page_is_there_and_no_other(page: str, facts: dict[str, dict[str, Any]]) -> None:
    """A field, bound, default or example that is added, lost or changed shows here."""
    schemas = load_pages("published")[page]["components"]["schemas"]
    assert dict(field for name, schema in schemas.items() for field in list_fields(name, schema)) == facts
