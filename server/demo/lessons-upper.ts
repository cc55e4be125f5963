export const UPPER: Record<string, string> = {
  "TOAN-10": `# Chương I. Mệnh đề và tập hợp
Mệnh đề|Tập hợp và các phép toán trên tập hợp
# Chương II. Bất phương trình và hệ bất phương trình bậc nhất hai ẩn
Bất phương trình bậc nhất hai ẩn|Hệ bất phương trình bậc nhất hai ẩn
# Chương III. Hệ thức lượng trong tam giác
Giá trị lượng giác của một góc từ 0° đến 180°|Hệ thức lượng trong tam giác
# Chương IV. Vectơ
Các khái niệm mở đầu|Tổng và hiệu của hai vectơ|Tích của một vectơ với một số|Vectơ trong mặt phẳng toạ độ|Tích vô hướng của hai vectơ
# Chương V. Các số đặc trưng của mẫu số liệu không ghép nhóm
Số gần đúng và sai số|Các số đặc trưng đo xu thế trung tâm|Các số đặc trưng đo độ phân tán
# Chương VI. Hàm số, đồ thị và ứng dụng
Hàm số|Hàm số bậc hai|Dấu của tam thức bậc hai|Phương trình quy về phương trình bậc hai
# Chương VII. Phương pháp toạ độ trong mặt phẳng
Phương trình đường thẳng|Vị trí tương đối giữa hai đường thẳng. Góc và khoảng cách|Đường tròn trong mặt phẳng toạ độ|Ba đường conic`,
  "TOAN-11": `# Chương I. Hàm số lượng giác và phương trình lượng giác
Giá trị lượng giác của góc lượng giác|Công thức lượng giác|Hàm số lượng giác|Phương trình lượng giác cơ bản
# Chương II. Dãy số. Cấp số cộng và cấp số nhân
Dãy số|Cấp số cộng|Cấp số nhân
# Chương IV. Quan hệ song song trong không gian
Đường thẳng và mặt phẳng trong không gian|Hai đường thẳng song song|Đường thẳng và mặt phẳng song song|Hai mặt phẳng song song|Phép chiếu song song
# Chương V. Giới hạn. Hàm số liên tục
Giới hạn của dãy số|Giới hạn của hàm số|Hàm số liên tục
# Chương VI. Hàm số mũ và hàm số lôgarit
Luỹ thừa với số mũ thực|Lôgarit|Hàm số mũ và hàm số lôgarit|Phương trình, bất phương trình mũ và lôgarit`,
  "TOAN-12": `# Chương I. Ứng dụng đạo hàm để khảo sát và vẽ đồ thị hàm số
Tính đơn điệu và cực trị của hàm số|Giá trị lớn nhất và giá trị nhỏ nhất của hàm số|Đường tiệm cận của đồ thị hàm số|Khảo sát sự biến thiên và vẽ đồ thị của hàm số|Ứng dụng đạo hàm để giải quyết một số vấn đề thực tiễn
# Chương II. Vectơ và hệ trục toạ độ trong không gian
Vectơ trong không gian|Hệ trục toạ độ trong không gian|Biểu thức toạ độ của các phép toán vectơ
# Chương III. Các số đặc trưng đo mức độ phân tán
Khoảng biến thiên và khoảng tứ phân vị|Phương sai và độ lệch chuẩn
# Chương IV. Nguyên hàm và tích phân
Nguyên hàm|Tích phân|Ứng dụng hình học của tích phân
# Chương V. Phương pháp toạ độ trong không gian
Phương trình mặt phẳng|Phương trình đường thẳng trong không gian|Công thức tính góc trong không gian|Phương trình mặt cầu`,
  "NGUVAN-10": `# Bài 1. Sức hấp dẫn của truyện kể
Truyện về các vị thần sáng tạo thế giới|Tản Viên từ Phán sự lục|Chữ người tử tù
# Bài 2. Vẻ đẹp của thơ ca
Chùm thơ hai-cư Nhật Bản|Thu hứng|Mùa xuân chín
# Bài 3. Nghệ thuật thuyết phục trong văn nghị luận
Hiền tài là nguyên khí của quốc gia|Yêu và đồng cảm|Chữ bầu lên nhà thơ
# Bài 4. Sức sống của sử thi
Héc-to từ biệt Ăng-đrô-mác|Đăm Săn đi chinh phục nữ thần Mặt Trời
# Bài 5. Tích trò sân khấu dân gian
Xuý Vân giả dại|Huyện đường|Múa rối nước, hiện đại soi bóng tiền nhân
# Bài 6. Nguyễn Trãi, dành còn để trợ dân này
Tác gia Nguyễn Trãi|Bình Ngô đại cáo|Bảo kính cảnh giới
# Bài 7. Quyền năng của người kể chuyện
Người cầm quyền khôi phục uy quyền|Dưới bóng hoàng lan|Một chuyện đùa nho nhỏ`,
  "NGUVAN-11": `# Bài 1. Câu chuyện và điểm nhìn của người kể chuyện
Vợ nhặt|Chí Phèo|Cải ơi!
# Bài 2. Cấu tứ và hình ảnh trong thơ trữ tình
Nhớ đồng|Tràng giang|Con đường mùa đông
# Bài 3. Cấu trúc của văn bản nghị luận
Chiếu cầu hiền|Tôi có một ước mơ|Một thời đại trong thi ca
# Bài 4. Tự sự trong truyện thơ dân gian và trong thơ trữ tình
Lời tiễn dặn|Dương phụ hành|Thuyền và biển
# Bài 6. Nguyễn Du, những điều trông thấy mà đau đớn lòng
Tác gia Nguyễn Du|Trao duyên|Độc Tiểu Thanh kí`,
  "NGUVAN-12": `# Bài 1. Khả năng lớn lao của tiểu thuyết
Xuân Tóc Đỏ cứu quốc|Nỗi buồn chiến tranh|Trên xuồng cứu nạn
# Bài 2. Những thế giới thơ
Cảm hoài|Tây Tiến|Đàn ghi ta của Lor-ca
# Bài 3. Lập luận trong văn bản nghị luận
Nhìn về vốn văn hoá dân tộc|Năng lực sáng tạo|Mấy ý nghĩ về thơ
# Bài 4. Yếu tố kì ảo trong truyện kể
Hải khẩu linh từ|Muối của rừng
# Bài 6. Hồ Chí Minh, văn hoá phải soi đường cho quốc dân đi
Tác gia Hồ Chí Minh|Tuyên ngôn Độc lập|Mộ|Nguyên tiêu`,
  "VATLI-10": `# Chương I. Mở đầu
Làm quen với Vật lí|Các quy tắc an toàn trong phòng thực hành Vật lí|Thực hành tính sai số trong phép đo
# Chương II. Động học
Độ dịch chuyển và quãng đường đi được|Tốc độ và vận tốc|Thực hành: Đo tốc độ của vật chuyển động|Đồ thị độ dịch chuyển, thời gian|Chuyển động biến đổi. Gia tốc|Chuyển động thẳng biến đổi đều|Sự rơi tự do|Chuyển động ném
# Chương III. Động lực học
Tổng hợp và phân tích lực|Định luật 1 Newton|Định luật 2 Newton|Định luật 3 Newton|Trọng lực và lực căng|Lực ma sát|Moment lực
# Chương IV. Năng lượng, công, công suất
Năng lượng. Công cơ học|Công suất|Động năng, thế năng|Cơ năng và định luật bảo toàn cơ năng|Hiệu suất
# Chương V. Động lượng
Động lượng|Định luật bảo toàn động lượng`,
  "VATLI-11": `# Chương I. Dao động
Dao động điều hoà|Mô tả dao động điều hoà|Vận tốc, gia tốc trong dao động điều hoà|Động năng. Thế năng trong dao động điều hoà|Dao động tắt dần. Dao động cưỡng bức. Cộng hưởng
# Chương II. Sóng
Mô tả sóng|Sóng ngang. Sóng dọc|Sóng điện từ|Giao thoa sóng|Sóng dừng
# Chương III. Điện trường
Lực tương tác giữa hai điện tích|Khái niệm điện trường|Điện trường đều|Thế năng điện|Điện thế|Tụ điện
# Chương IV. Dòng điện. Mạch điện
Cường độ dòng điện|Điện trở. Định luật Ohm|Nguồn điện|Năng lượng và công suất điện`,
  "VATLI-12": `# Chương I. Vật lí nhiệt
Cấu trúc của chất. Sự chuyển thể|Nội năng. Định luật I của nhiệt động lực học|Nhiệt độ. Thang nhiệt độ, nhiệt kế|Nhiệt dung riêng|Nhiệt nóng chảy riêng|Nhiệt hoá hơi riêng
# Chương II. Khí lí tưởng
Mô hình động học phân tử chất khí|Định luật Boyle|Định luật Charles|Phương trình trạng thái của khí lí tưởng
# Chương III. Từ trường
Từ trường|Lực từ tác dụng lên dây dẫn mang dòng điện|Từ thông. Hiện tượng cảm ứng điện từ|Máy phát điện xoay chiều
# Chương IV. Vật lí hạt nhân
Cấu trúc hạt nhân|Phản ứng hạt nhân và năng lượng liên kết|Hiện tượng phóng xạ`,
  "LICHSU-10": `# Chủ đề 1. Lịch sử và Sử học
Hiện thực lịch sử và nhận thức lịch sử|Tri thức lịch sử và cuộc sống
# Chủ đề 2. Vai trò của Sử học
Sử học với các lĩnh vực khoa học|Sử học với một số lĩnh vực, ngành nghề hiện đại
# Chủ đề 3. Một số nền văn minh thế giới thời kì cổ, trung đại
Khái niệm văn minh|Các nền văn minh phương Đông thời cổ, trung đại|Các nền văn minh phương Tây thời cổ, trung đại
# Chủ đề 4. Các cuộc cách mạng công nghiệp
Các cuộc cách mạng công nghiệp thời kì cận đại|Các cuộc cách mạng công nghiệp thời kì hiện đại
# Chủ đề 6. Một số nền văn minh trên đất nước Việt Nam
Văn minh Văn Lang, Âu Lạc|Văn minh Chăm-pa, Văn minh Phù Nam|Văn minh Đại Việt`,
  "LICHSU-11": `# Chủ đề 1. Cách mạng tư sản và sự phát triển của chủ nghĩa tư bản
Một số vấn đề chung về cách mạng tư sản|Sự xác lập và phát triển của chủ nghĩa tư bản
# Chủ đề 2. Chủ nghĩa xã hội từ năm 1917 đến nay
Sự hình thành Liên bang Cộng hoà xã hội chủ nghĩa Xô viết|Sự phát triển của chủ nghĩa xã hội từ sau Chiến tranh thế giới thứ hai đến nay
# Chủ đề 3. Quá trình giành độc lập của các quốc gia Đông Nam Á
Quá trình xâm lược và cai trị của chủ nghĩa thực dân ở Đông Nam Á|Hành trình đi đến độc lập dân tộc ở Đông Nam Á
# Chủ đề 4. Chiến tranh bảo vệ Tổ quốc và chiến tranh giải phóng dân tộc
Khái quát về chiến tranh bảo vệ Tổ quốc trong lịch sử Việt Nam|Một số cuộc khởi nghĩa và chiến tranh giải phóng trong lịch sử Việt Nam
# Chủ đề 6. Lịch sử bảo vệ chủ quyền của Việt Nam ở Biển Đông
Vị trí và tầm quan trọng của Biển Đông|Việt Nam và Biển Đông`,
  "LICHSU-12": `# Chủ đề 1. Thế giới trong và sau Chiến tranh lạnh
Liên hợp quốc|Trật tự thế giới trong Chiến tranh lạnh|Trật tự thế giới sau Chiến tranh lạnh
# Chủ đề 2. ASEAN: những chặng đường lịch sử
Sự ra đời và phát triển của ASEAN|Cộng đồng ASEAN: từ ý tưởng đến hiện thực
# Chủ đề 3. Cách mạng tháng Tám năm 1945 và các cuộc kháng chiến
Cách mạng tháng Tám năm 1945|Cuộc kháng chiến chống thực dân Pháp|Cuộc kháng chiến chống Mỹ, cứu nước
# Chủ đề 4. Công cuộc Đổi mới ở Việt Nam từ năm 1986 đến nay
Khái quát về công cuộc Đổi mới|Thành tựu cơ bản và bài học của công cuộc Đổi mới
# Chủ đề 6. Hồ Chí Minh trong lịch sử Việt Nam
Cuộc đời và sự nghiệp của Chủ tịch Hồ Chí Minh|Hồ Chí Minh, Anh hùng giải phóng dân tộc`,
};
