/** Lesson titles for the demonstration's plans, by subject and grade. `#` begins a chapter. */
export const PRIMARY: Record<string, string> = {
  "TOAN-1": `# Các số từ 0 đến 10
Các số 0, 1, 2, 3, 4, 5|Các số 6, 7, 8, 9, 10|Nhiều hơn, ít hơn, bằng nhau|So sánh số|Mấy và mấy
# Làm quen với một số hình phẳng
Hình vuông, hình tròn, hình tam giác, hình chữ nhật|Thực hành lắp ghép, xếp hình
# Phép cộng, phép trừ trong phạm vi 10
Phép cộng trong phạm vi 10|Phép trừ trong phạm vi 10|Bảng cộng, bảng trừ trong phạm vi 10
# Các số đến 100
Số có hai chữ số|So sánh số có hai chữ số|Bảng các số từ 1 đến 100|Dài hơn, ngắn hơn|Đơn vị đo độ dài|Xăng-ti-mét
# Thời gian
Xem giờ đúng trên đồng hồ|Các ngày trong tuần lễ`,
  "TOAN-2": `# Ôn tập và bổ sung
Các số đến 100|Tia số. Số liền trước, số liền sau|Các thành phần của phép cộng, phép trừ|Hơn, kém nhau bao nhiêu
# Phép cộng, phép trừ trong phạm vi 20
Phép cộng (qua 10) trong phạm vi 20|Bảng cộng (qua 10)|Giải bài toán về thêm, bớt một số đơn vị|Phép trừ (qua 10) trong phạm vi 20|Bảng trừ (qua 10)
# Làm quen với khối lượng, dung tích
Nặng hơn, nhẹ hơn. Ki-lô-gam|Lít
# Phép nhân, phép chia
Phép nhân|Thừa số, tích|Bảng nhân 2|Bảng nhân 5|Phép chia|Số bị chia, số chia, thương|Bảng chia 2|Bảng chia 5
# Các số trong phạm vi 1 000
Đơn vị, chục, trăm, nghìn|Số có ba chữ số|So sánh các số có ba chữ số`,
  "TOAN-3": `# Ôn tập và bổ sung
Các số đến 1 000|Phép cộng, phép trừ trong phạm vi 1 000|Tìm thành phần trong phép cộng, phép trừ|Bảng nhân 2, bảng chia 2|Bảng nhân 3, bảng chia 3|Bảng nhân 4, bảng chia 4
# Bảng nhân, bảng chia
Bảng nhân 6, bảng chia 6|Bảng nhân 7, bảng chia 7|Bảng nhân 8, bảng chia 8|Bảng nhân 9, bảng chia 9|Một phần mấy
# Một số hình phẳng và hình khối
Điểm ở giữa, trung điểm của đoạn thẳng|Hình tròn, tâm, bán kính, đường kính|Góc, góc vuông, góc không vuông|Hình tam giác, hình tứ giác|Khối lập phương, khối hộp chữ nhật
# Các số đến 10 000
Số có bốn chữ số. Số 10 000|So sánh các số trong phạm vi 10 000|Làm quen với chữ số La Mã|Chu vi hình tam giác, hình tứ giác|Diện tích của một hình. Xăng-ti-mét vuông`,
  "TOAN-4": `# Ôn tập và bổ sung
Ôn tập các số đến 100 000|Ôn tập các phép tính trong phạm vi 100 000|Số chẵn, số lẻ|Biểu thức chứa chữ|Giải bài toán có ba bước tính
# Góc và đơn vị đo góc
Đo góc, đơn vị đo góc|Góc nhọn, góc tù, góc bẹt
# Số có nhiều chữ số
Số có sáu chữ số. Số 1 000 000|Hàng và lớp|Các số trong phạm vi lớp triệu|Làm tròn số đến hàng trăm nghìn|So sánh các số có nhiều chữ số
# Đường thẳng vuông góc, song song
Hai đường thẳng vuông góc|Hai đường thẳng song song|Hình bình hành, hình thoi
# Phân số
Khái niệm phân số|Phân số và phép chia số tự nhiên|Tính chất cơ bản của phân số|Rút gọn phân số|Quy đồng mẫu số các phân số|So sánh phân số`,
  "TOAN-5": `# Ôn tập và bổ sung
Ôn tập số tự nhiên|Ôn tập phân số|Phân số thập phân|Cộng, trừ hai phân số khác mẫu số|Hỗn số|Héc-ta
# Số thập phân
Khái niệm số thập phân|So sánh các số thập phân|Viết số đo độ dài dưới dạng số thập phân|Làm tròn số thập phân
# Các phép tính với số thập phân
Phép cộng số thập phân|Phép trừ số thập phân|Phép nhân số thập phân|Phép chia số thập phân
# Hình học
Hình tam giác. Diện tích hình tam giác|Hình thang. Diện tích hình thang|Đường tròn. Chu vi và diện tích hình tròn
# Tỉ số phần trăm
Tỉ số. Tỉ số phần trăm|Tỉ lệ bản đồ và ứng dụng|Tìm giá trị phần trăm của một số`,
  "TIENGVIET-1": `# Làm quen với chữ cái
A a|B b, dấu huyền|C c, dấu sắc|E e, Ê ê|O o, dấu hỏi|Ô ô, dấu nặng|Ơ ơ, dấu ngã
# Học vần
an, ăn, ân|on, ôn, ơn|en, ên, in, un|am, ăm, âm|ai, ay, ây|ac, ăc, âc
# Tôi và các bạn
Tôi là học sinh lớp 1|Đôi tai xấu xí|Bạn của gió|Giải thưởng tình bạn
# Mái ấm gia đình
Nụ hôn trên bàn tay|Làm anh|Cả nhà đi chơi núi|Quạt cho bà ngủ`,
  "TIENGVIET-2": `# Em lớn lên từng ngày
Tôi là học sinh lớp 2|Ngày hôm qua đâu rồi?|Niềm vui của Bi và Bống|Làm việc thật là vui|Em có xinh không?|Một giờ học
# Đi học vui sao
Cái trống trường em|Danh sách học sinh|Yêu lắm trường ơi!|Em học vẽ|Cuốn sách của em
# Niềm vui tuổi thơ
Gọi bạn|Tớ nhớ cậu|Chữ A và những người bạn|Nhím nâu kết bạn
# Mái ấm gia đình
Sự tích hoa tỉ muội|Em mang về yêu thương|Mẹ|Trò chơi của bố|Cánh cửa nhớ bà|Thương ông`,
  "TIENGVIET-3": `# Những trải nghiệm thú vị
Ngày gặp lại|Về thăm quê|Cánh rừng trong nắng|Lần đầu ra biển|Nhật kí tập bơi|Tập nấu ăn|Mùa hè lấp lánh|Tạm biệt mùa hè
# Cổng trường rộng mở
Đi học vui sao|Con đường đến trường|Lời giải toán đặc biệt|Bài tập làm văn|Bàn tay cô giáo|Cuộc họp của chữ viết|Thư viện|Ngày em vào Đội
# Mái nhà yêu thương
Ngưỡng cửa|Món quà đặc biệt|Khi cả nhà bé tí|Trò chuyện cùng mẹ|Tia nắng bé nhỏ|Để cháu nắm tay ông`,
  "TIENGVIET-4": `# Mỗi người một vẻ
Điều kì diệu|Thi nhạc|Anh em sinh đôi|Công chúa và người dẫn chuyện|Thằn lằn xanh và tắc kè|Nghệ sĩ trống
# Trải nghiệm và khám phá
Đồng cỏ nở hoa|Thanh âm của núi|Bầu trời mùa thu|Làm thỏ con bằng giấy|Bức tường có nhiều phép lạ|Bét-tô-ven và Bản xô-nát Ánh trăng
# Niềm vui sáng tạo
Vẽ màu|Đồng cỏ nở hoa (tiếp theo)|Người tìm đường lên các vì sao|Bay cùng ước mơ
# Chắp cánh ước mơ
Con trai người làm vườn|Nếu em có một khu vườn|Bốn mùa mơ ước|Cánh chim nhỏ`,
  "TIENGVIET-5": `# Thế giới tuổi thơ
Thanh âm của gió|Cánh đồng hoa|Tuổi Ngựa|Bến sông tuổi thơ|Tiếng hạt nảy mầm|Ngôi sao sân cỏ|Bộ sưu tập độc đáo|Hành tinh kì lạ
# Thiên nhiên kì thú
Trước cổng trời|Kì diệu rừng xanh|Hang Sơn Đoòng: những điều kì thú|Những hòn đảo trên vịnh Hạ Long|Mầm non|Những ngọn núi nóng rẫy|Bài ca về mặt trời|Xin chào, Xa-ha-ra
# Trên con đường học tập
Thư gửi các học sinh|Tấm gương tự học|Trải nghiệm để sáng tạo|Khổ luyện thành tài|Thế giới trong trang sách`,
};
