"""Words that invented people, units and sheets are made of."""

FAMILIES = (
    ["Nguyễn"] * 12 + ["Trần"] * 5 + ["Lê"] * 4 + ["Phạm"] * 3 + ["Huỳnh"] * 2 + ["Phan"] * 2 + ["Vũ", "Võ", "Đặng", "Bùi"]
    + ["Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Đinh", "Đoàn", "Lâm", "Mai", "Trịnh", "Tô", "Tạ", "Hà", "Cao", "Châu", "Quách"]
)  # fmt: skip
MIDDLES = {
    "m": [
        "Văn",
        "Văn",
        "Văn",
        "Hữu",
        "Đức",
        "Minh",
        "Quang",
        "Thanh",
        "Xuân",
        "Ngọc",
        "Thành",
        "Tuấn",
        "Bá",
        "Chí",
        "Anh",
    ],
    "f": [
        "Thị",
        "Thị",
        "Thị",
        "Thị Kim",
        "Thị Bích",
        "Thị Thu",
        "Thị Hồng",
        "Ngọc",
        "Thanh",
        "Diễm",
        "Thúy",
        "Mỹ",
        "Như",
    ],
}
GIVEN = {
    "m": ["An", "Bảo", "Bình", "Chiến", "Cường", "Dũng", "Duy", "Đạt", "Đông", "Giang", "Hải", "Hiền", "Hòa", "Hùng", "Kiên",
          "Khôi", "Lâm", "Long", "Lực", "Mạnh", "Nam", "Nghĩa", "Phong", "Phúc", "Quân", "Sơn", "Tâm", "Tấn", "Thái", "Thắng",
          "Tiến", "Toàn", "Trung", "Tuân", "Tùng", "Út", "Việt", "Vinh", "Vũ", "Ý"],
    "f": ["Ánh", "Bình", "Châu", "Cúc", "Dung", "Duyên", "Đào", "Gấm", "Hà", "Hạnh", "Hằng", "Hoa", "Hòa", "Huệ", "Hương",
          "Lan", "Liên", "Loan", "Ly", "Mai", "Nga", "Ngân", "Nhung", "Oanh", "Phượng", "Quyên", "Sen", "Tâm", "Thảo", "Thơ",
          "Thủy", "Trang", "Trinh", "Tuyết", "Uyên", "Vân", "Xuân", "Yến"],
}  # fmt: skip
PLACES = [
    "ấp Bàu Sen", "ấp Rạch Dừa", "ấp Gò Tre", "ấp Vàm Xáng", "ấp Cây Gáo", "ấp Kênh Mới", "ấp Đìa Lớn", "ấp Bến Phà",
    "ấp Cồn Nhỏ", "ấp Lung Sậy", "khóm Chợ Cũ", "khóm Cầu Sắt", "khóm Bờ Kè",
]  # fmt: skip
OFFICES = [
    "cơ quan Đảng ủy", "cơ quan Ủy ban", "Quân sự", "Công an", "Trạm Y tế", "Trường Mầm non", "Trường Tiểu học",
    "Trường THCS", "Trường THPT", "Hợp tác xã", "Quỹ tín dụng", "Ban Quản lý chợ",
]  # fmt: skip
PROVINCE, COMMUNE = "tỉnh Cửu Giang", "xã Hưng Thuận"
PROVINCE_CODE, COMMUNE_CODE, ID_PREFIX = "98", "98.101", "089"
RELIGIONS = ["Không"] * 14 + ["Phật giáo"] * 3 + ["Hòa Hảo", "Cao Đài", "Công giáo"]
STATUSES = {
    "attending": ["Đang sinh hoạt Đảng", "Đang sinh hoạt", "Đang SHĐ"],
    "away": ["Đi làm ăn xa", "Tạm miễn SH (đi làm xa)"], "exempt": ["Miễn công tác và SHĐ", "Miễn SH"],
    "lapsed": ["Bỏ sinh hoạt"], "removed": ["Đã xóa tên"], "deceased": ["Từ trần"],
    "transferred": ["Đã chuyển sinh hoạt"], "candidate": ["Quần chúng ưu tú", "Cảm tình Đảng"],
}  # fmt: skip
SHARES = {
    "attending": 745, "candidate": 95, "away": 50, "exempt": 62, "transferred": 15, "removed": 14, "lapsed": 10, "deceased": 9,
}  # fmt: skip
HEADERS = [
    "STT", "Họ và tên khai sinh", "Họ và tên đang dùng", "Giới tính", "Ngày sinh", "Dân tộc", "Tôn giáo",
    "Số định danh cá nhân", "Số thẻ đảng viên (12 số)", "Nơi cấp thẻ", "Ngày cấp thẻ", "Số thẻ cũ (QĐ 85)",
    "Đảng bộ, chi bộ đang sinh hoạt", "Nơi đăng ký khai sinh: tỉnh", "Nơi đăng ký khai sinh: xã", "Quê quán: tỉnh",
    "Quê quán: xã", "Thường trú: tỉnh", "Thường trú: xã", "Thường trú: chi tiết", "Ngày vào Đảng", "Ngày chính thức",
    "Ngày QĐ kết nạp", "Số CMND cũ", "Điện thoại", "Trạng thái sinh hoạt", "Ngày ra khỏi/từ trần/miễn SH", "Ghi chú",
]  # fmt: skip
