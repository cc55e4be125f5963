import type { Random } from "./random.ts";

const FAMILY = "Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Đoàn Lương Mai Trịnh Tạ Chu Hà Cao".split(" ");
const MIDDLE_GIRL = "Thị Ngọc Thu Khánh Bảo Minh Phương Thanh Hoài Mai Quỳnh Diệu Thuỳ Gia".split(" ");
const MIDDLE_BOY = "Văn Đức Minh Quang Gia Hữu Quốc Tuấn Đăng Anh Thành Xuân Công Hải".split(" ");
const GIVEN_GIRL =
  "An Anh Ánh Bích Châu Chi Diệp Dung Giang Hà Hân Hằng Hiền Hoa Huệ Hương Khuê Lan Liên Linh Loan Ly Mai My Nga Ngân Nhi Nhung Oanh Phương Quyên Sương Tâm Thảo Thu Thuỷ Trang Trâm Trinh Tú Uyên Vân Vy Yến".split(
    " ",
  );
const GIVEN_BOY =
  "An Bách Bảo Bình Chiến Cường Đạt Dũng Duy Dương Đức Giang Hải Hào Hiếu Hoàng Hùng Huy Khang Khánh Khoa Khôi Kiên Lâm Lộc Long Minh Nam Nghĩa Nhân Phong Phúc Quân Quang Sơn Tài Thắng Thành Thịnh Toàn Trí Trung Tuấn Tùng Việt Vinh".split(
    " ",
  );

export interface Named {
  name: string;
  sex: "male" | "female";
}

/** An invented Vietnamese name. */
export function inventName(random: Random, girls = 0.5): Named {
  const girl = random.chance(girls);
  const parts = [random.pick(FAMILY), random.pick(girl ? MIDDLE_GIRL : MIDDLE_BOY), random.pick(girl ? GIVEN_GIRL : GIVEN_BOY)];
  return { name: parts.join(" "), sex: girl ? "female" : "male" };
}
