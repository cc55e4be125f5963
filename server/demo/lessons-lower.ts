export const LOWER: Record<string, string> = {
  "TOAN-6": `# Chương I. Tập hợp các số tự nhiên
Tập hợp|Cách ghi số tự nhiên|Thứ tự trong tập hợp các số tự nhiên|Phép cộng và phép trừ số tự nhiên|Phép nhân và phép chia số tự nhiên|Luỹ thừa với số mũ tự nhiên|Thứ tự thực hiện các phép tính
# Chương II. Tính chia hết trong tập hợp các số tự nhiên
Quan hệ chia hết và tính chất|Dấu hiệu chia hết|Số nguyên tố|Ước chung. Ước chung lớn nhất|Bội chung. Bội chung nhỏ nhất
# Chương III. Số nguyên
Tập hợp các số nguyên|Phép cộng và phép trừ số nguyên|Quy tắc dấu ngoặc|Phép nhân số nguyên|Phép chia hết. Ước và bội của một số nguyên
# Chương IV. Một số hình phẳng trong thực tiễn
Hình tam giác đều. Hình vuông. Hình lục giác đều|Hình chữ nhật. Hình thoi. Hình bình hành. Hình thang cân|Chu vi và diện tích của một số tứ giác đã học
# Chương VI. Phân số
Mở rộng phân số. Phân số bằng nhau|So sánh phân số. Hỗn số dương|Phép cộng và phép trừ phân số|Phép nhân và phép chia phân số|Hai bài toán về phân số
# Chương VII. Số thập phân
Số thập phân|Tính toán với số thập phân|Làm tròn và ước lượng|Một số bài toán về tỉ số và tỉ số phần trăm
# Chương VIII. Những hình học cơ bản
Điểm và đường thẳng|Điểm nằm giữa hai điểm. Tia|Đoạn thẳng. Độ dài đoạn thẳng|Trung điểm của đoạn thẳng|Góc|Số đo góc
# Chương IX. Dữ liệu và xác suất thực nghiệm
Dữ liệu và thu thập dữ liệu|Bảng thống kê và biểu đồ tranh|Biểu đồ cột|Kết quả có thể và sự kiện trong trò chơi, thí nghiệm|Xác suất thực nghiệm`,
  "TOAN-7": `# Chương I. Số hữu tỉ
Tập hợp các số hữu tỉ|Cộng, trừ, nhân, chia số hữu tỉ|Luỹ thừa với số mũ tự nhiên của một số hữu tỉ|Thứ tự thực hiện các phép tính. Quy tắc chuyển vế
# Chương II. Số thực
Làm quen với số thập phân vô hạn tuần hoàn|Số vô tỉ. Căn bậc hai số học|Tập hợp các số thực
# Chương III. Góc và đường thẳng song song
Góc ở vị trí đặc biệt. Tia phân giác của một góc|Hai đường thẳng song song và dấu hiệu nhận biết|Tiên đề Euclid. Tính chất của hai đường thẳng song song|Định lí và chứng minh định lí
# Chương IV. Tam giác bằng nhau
Tổng các góc trong một tam giác|Hai tam giác bằng nhau. Trường hợp bằng nhau thứ nhất|Trường hợp bằng nhau thứ hai và thứ ba của tam giác|Tam giác cân. Đường trung trực của đoạn thẳng
# Chương V. Thu thập và biểu diễn dữ liệu
Thu thập và phân loại dữ liệu|Biểu đồ hình quạt tròn|Biểu đồ đoạn thẳng
# Chương VI. Tỉ lệ thức và đại lượng tỉ lệ
Tỉ lệ thức|Tính chất của dãy tỉ số bằng nhau|Đại lượng tỉ lệ thuận|Đại lượng tỉ lệ nghịch
# Chương VII. Biểu thức đại số và đa thức một biến
Biểu thức đại số|Đa thức một biến|Phép cộng và phép trừ đa thức một biến|Phép nhân đa thức một biến|Phép chia đa thức một biến`,
  "TOAN-8": `# Chương I. Đa thức
Đơn thức|Đa thức|Phép cộng và phép trừ đa thức|Phép nhân đa thức|Phép chia đa thức cho đơn thức
# Chương II. Hằng đẳng thức đáng nhớ và ứng dụng
Hiệu hai bình phương. Bình phương của một tổng hay một hiệu|Lập phương của một tổng. Lập phương của một hiệu|Tổng và hiệu hai lập phương|Phân tích đa thức thành nhân tử
# Chương III. Tứ giác
Tứ giác|Hình thang cân|Hình bình hành|Hình chữ nhật|Hình thoi và hình vuông
# Chương IV. Định lí Thalès
Định lí Thalès trong tam giác|Đường trung bình của tam giác|Tính chất đường phân giác của tam giác
# Chương VI. Phân thức đại số
Phân thức đại số|Tính chất cơ bản của phân thức đại số|Phép cộng và phép trừ phân thức đại số|Phép nhân và phép chia phân thức đại số
# Chương VII. Phương trình bậc nhất và hàm số bậc nhất
Phương trình bậc nhất một ẩn|Giải bài toán bằng cách lập phương trình|Khái niệm hàm số và đồ thị của hàm số|Hàm số bậc nhất và đồ thị`,
  "TOAN-9": `# Chương I. Phương trình và hệ hai phương trình bậc nhất hai ẩn
Khái niệm phương trình và hệ hai phương trình bậc nhất hai ẩn|Giải hệ hai phương trình bậc nhất hai ẩn|Giải bài toán bằng cách lập hệ phương trình
# Chương II. Phương trình và bất phương trình bậc nhất một ẩn
Phương trình quy về phương trình bậc nhất một ẩn|Bất đẳng thức và tính chất|Bất phương trình bậc nhất một ẩn
# Chương III. Căn bậc hai và căn bậc ba
Căn bậc hai và căn thức bậc hai|Khai căn bậc hai với phép nhân và phép chia|Biến đổi đơn giản và rút gọn biểu thức chứa căn thức bậc hai|Căn bậc ba và căn thức bậc ba
# Chương IV. Hệ thức lượng trong tam giác vuông
Tỉ số lượng giác của góc nhọn|Một số hệ thức giữa cạnh, góc trong tam giác vuông và ứng dụng
# Chương V. Đường tròn
Mở đầu về đường tròn|Cung và dây của một đường tròn|Độ dài của cung tròn. Diện tích hình quạt tròn|Vị trí tương đối của đường thẳng và đường tròn
# Chương VI. Hàm số y = ax² (a ≠ 0). Phương trình bậc hai một ẩn
Hàm số y = ax² (a ≠ 0)|Phương trình bậc hai một ẩn|Định lí Viète và ứng dụng|Giải bài toán bằng cách lập phương trình bậc hai`,
  "NGUVAN-6": `# Bài 1. Tôi và các bạn
Bài học đường đời đầu tiên|Nếu cậu muốn có một người bạn|Thực hành tiếng Việt: Từ đơn và từ phức|Bắt nạt|Viết bài văn kể lại một trải nghiệm của em
# Bài 2. Gõ cửa trái tim
Chuyện cổ tích về loài người|Mây và sóng|Bức tranh của em gái tôi|Viết đoạn văn ghi lại cảm xúc về một bài thơ
# Bài 3. Yêu thương và chia sẻ
Cô bé bán diêm|Gió lạnh đầu mùa|Thực hành tiếng Việt: Cụm danh từ|Con chào mào
# Bài 4. Quê hương yêu dấu
Chùm ca dao về quê hương đất nước|Chuyện cổ nước mình|Cây tre Việt Nam|Tập làm một bài thơ lục bát
# Bài 5. Những nẻo đường xứ sở
Cô Tô|Hang Én|Cửu Long Giang ta ơi|Viết bài văn tả cảnh sinh hoạt
# Bài 6. Chuyện kể về những người anh hùng
Thánh Gióng|Sơn Tinh, Thuỷ Tinh|Ai ơi mồng 9 tháng 4|Bánh chưng, bánh giầy
# Bài 7. Thế giới cổ tích
Thạch Sanh|Cây khế|Vua chích choè|Sọ Dừa`,
  "NGUVAN-7": `# Bài 1. Bầu trời tuổi thơ
Bầy chim chìa vôi|Đi lấy mật|Ngàn sao làm việc|Tóm tắt văn bản theo những yêu cầu khác nhau về độ dài
# Bài 2. Khúc nhạc tâm hồn
Đồng dao mùa xuân|Gặp lá cơm nếp|Trở gió|Tập làm một bài thơ bốn chữ hoặc năm chữ
# Bài 3. Cội nguồn yêu thương
Vừa nhắm mắt vừa mở cửa sổ|Người thầy đầu tiên|Quê hương|Viết bài văn phân tích đặc điểm nhân vật
# Bài 4. Giai điệu đất nước
Mùa xuân nho nhỏ|Gò Me|Bài thơ Đường núi của Nguyễn Đình Thi
# Bài 5. Màu sắc trăm miền
Tháng Giêng, mơ về trăng non rét ngọt|Chuyện cơm hến|Hội lồng tồng
# Bài 6. Bài học cuộc sống
Đẽo cày giữa đường|Ếch ngồi đáy giếng|Con mối và con kiến|Con hổ có nghĩa`,
  "NGUVAN-8": `# Bài 1. Câu chuyện của lịch sử
Lá cờ thêu sáu chữ vàng|Quang Trung đại phá quân Thanh|Ta đi tới|Viết bài văn kể lại một chuyến đi
# Bài 2. Vẻ đẹp cổ điển
Thu điếu|Thiên Trường vãn vọng|Ca Huế trên sông Hương
# Bài 3. Lời sông núi
Hịch tướng sĩ|Tinh thần yêu nước của nhân dân ta|Nam quốc sơn hà
# Bài 4. Tiếng cười trào phúng trong thơ
Lễ xướng danh khoa Đinh Dậu|Lai Tân|Một số giọng điệu của tiếng cười trong thơ trào phúng
# Bài 6. Chân dung cuộc sống
Mắt sói|Lặng lẽ Sa Pa|Bếp lửa
# Bài 7. Tin yêu và ước vọng
Đồng chí|Lá đỏ|Những ngôi sao xa xôi`,
  "NGUVAN-9": `# Bài 1. Thế giới kì ảo
Chuyện người con gái Nam Xương|Dế chọi|Sơn Tinh, Thuỷ Tinh (thơ)
# Bài 2. Những cung bậc tâm trạng
Nỗi niềm chinh phụ|Tiếng đàn mưa|Một thể thơ độc đáo của người Việt
# Bài 3. Hồn nước nằm trong tiếng mẹ cha
Kim Kiều gặp gỡ|Lục Vân Tiên đánh cướp, cứu Kiều Nguyệt Nga|Tự tình
# Bài 4. Khám phá vẻ đẹp văn chương
Chuyện người con gái Nam Xương: một bi kịch của con người|Từ thằng quỷ nhỏ suy nghĩ về những phẩm chất của một tác phẩm viết cho thiếu nhi|Ngày xưa
# Bài 5. Đối diện với nỗi đau
Rô-mê-ô và Giu-li-ét|Lơ Xít|Bí ẩn của làn nước
# Bài 6. Giải mã những bí mật
Vụ cải trang bất thành|Chiếc mũ miện dát đá be-rô|Ba viên ngọc bích`,
  "KHTN-6": `# Chương I. Mở đầu về khoa học tự nhiên
Giới thiệu về khoa học tự nhiên|An toàn trong phòng thực hành|Sử dụng kính lúp|Sử dụng kính hiển vi quang học|Đo chiều dài|Đo khối lượng|Đo thời gian|Đo nhiệt độ
# Chương II. Chất quanh ta
Sự đa dạng của chất|Các thể của chất và sự chuyển thể|Oxygen. Không khí
# Chương III. Một số vật liệu, nguyên liệu, nhiên liệu
Một số vật liệu|Một số nguyên liệu|Một số nhiên liệu|Một số lương thực, thực phẩm
# Chương V. Tế bào
Tế bào, đơn vị cơ bản của sự sống|Cấu tạo tế bào và chức năng các thành phần của tế bào|Sự lớn lên và sinh sản của tế bào
# Chương VII. Đa dạng thế giới sống
Hệ thống phân loại sinh vật|Khoá lưỡng phân|Vi khuẩn|Virus|Nguyên sinh vật|Nấm|Thực vật|Động vật không xương sống|Động vật có xương sống
# Chương VIII. Lực trong đời sống
Lực là gì?|Biểu diễn lực|Biến dạng của lò xo|Trọng lượng, lực hấp dẫn|Lực ma sát`,
  "KHTN-7": `# Mở đầu
Phương pháp và kĩ năng học tập môn Khoa học tự nhiên
# Chương I. Nguyên tử. Sơ lược về bảng tuần hoàn
Nguyên tử|Nguyên tố hoá học|Sơ lược về bảng tuần hoàn các nguyên tố hoá học
# Chương II. Phân tử. Liên kết hoá học
Phân tử. Đơn chất. Hợp chất|Giới thiệu về liên kết hoá học|Hoá trị và công thức hoá học
# Chương III. Tốc độ
Tốc độ chuyển động|Đo tốc độ|Đồ thị quãng đường, thời gian|Thảo luận về ảnh hưởng của tốc độ trong an toàn giao thông
# Chương IV. Âm thanh
Sóng âm|Độ to và độ cao của âm|Phản xạ âm, chống ô nhiễm tiếng ồn
# Chương V. Ánh sáng
Năng lượng ánh sáng. Tia sáng, vùng tối|Sự phản xạ ánh sáng|Ảnh của vật qua gương phẳng
# Chương VII. Trao đổi chất và chuyển hoá năng lượng ở sinh vật
Vai trò của trao đổi chất|Quang hợp ở thực vật|Hô hấp tế bào|Vai trò của nước và chất dinh dưỡng đối với sinh vật`,
  "KHTN-8": `# Mở đầu
Sử dụng một số hoá chất, thiết bị cơ bản trong phòng thí nghiệm
# Chương I. Phản ứng hoá học
Phản ứng hoá học|Mol và tỉ khối chất khí|Dung dịch và nồng độ|Định luật bảo toàn khối lượng và phương trình hoá học|Tính theo phương trình hoá học|Tốc độ phản ứng và chất xúc tác
# Chương II. Một số hợp chất thông dụng
Acid|Base. Thang pH|Oxide|Muối|Phân bón hoá học
# Chương III. Khối lượng riêng và áp suất
Khối lượng riêng|Áp suất trên một bề mặt|Áp suất chất lỏng. Áp suất khí quyển|Lực đẩy Archimedes
# Chương V. Điện
Hiện tượng nhiễm điện do cọ xát|Dòng điện, nguồn điện|Mạch điện đơn giản|Cường độ dòng điện và hiệu điện thế
# Chương VII. Sinh học cơ thể người
Khái quát về cơ thể người|Hệ vận động ở người|Dinh dưỡng và tiêu hoá ở người|Máu và hệ tuần hoàn của cơ thể người`,
  "KHTN-9": `# Mở đầu
Nhận biết một số dụng cụ, hoá chất. Thuyết trình một vấn đề khoa học
# Chương I. Năng lượng cơ học
Động năng. Thế năng|Cơ năng|Công và công suất
# Chương II. Ánh sáng
Khúc xạ ánh sáng|Phản xạ toàn phần|Lăng kính|Thấu kính|Kính lúp
# Chương III. Điện
Điện trở. Định luật Ohm|Đoạn mạch nối tiếp, song song|Năng lượng của dòng điện và công suất điện
# Chương VI. Kim loại
Tính chất chung của kim loại|Dãy hoạt động hoá học|Tách kim loại và việc sử dụng hợp kim
# Chương XI. Di truyền học Mendel
Khái quát về di truyền học|Các quy luật di truyền của Mendel|Nucleic acid và gene|Tái bản DNA và phiên mã tạo RNA`,
  "TINHOC-6": `# Chủ đề 1. Máy tính và cộng đồng
Thông tin và dữ liệu|Xử lí thông tin|Thông tin trong máy tính
# Chủ đề 2. Mạng máy tính và Internet
Mạng máy tính|Internet|Mạng thông tin toàn cầu|Tìm kiếm thông tin trên Internet|Thư điện tử
# Chủ đề 3. Đạo đức, pháp luật và văn hoá trong môi trường số
An toàn thông tin trên Internet
# Chủ đề 4. Ứng dụng tin học
Sơ đồ tư duy|Định dạng văn bản|Trình bày thông tin ở dạng bảng|Thực hành: Tìm kiếm và thay thế
# Chủ đề 5. Giải quyết vấn đề với sự trợ giúp của máy tính
Thuật toán|Các cấu trúc điều khiển|Chương trình máy tính`,
  "TINHOC-7": `# Chủ đề 1. Máy tính và cộng đồng
Thiết bị vào, ra|Phần mềm máy tính|Quản lí dữ liệu trong máy tính
# Chủ đề 2. Tổ chức lưu trữ, tìm kiếm và trao đổi thông tin
Mạng xã hội và một số kênh trao đổi thông tin trên Internet
# Chủ đề 3. Đạo đức, pháp luật và văn hoá trong môi trường số
Ứng xử trên mạng
# Chủ đề 4. Ứng dụng tin học
Làm quen với phần mềm bảng tính|Tính toán tự động trên bảng tính|Công cụ hỗ trợ tính toán|Trình bày bảng tính|Hoàn thiện bảng tính|Tạo bài trình chiếu|Định dạng đối tượng trên trang chiếu
# Chủ đề 5. Giải quyết vấn đề với sự trợ giúp của máy tính
Thuật toán tìm kiếm tuần tự|Thuật toán tìm kiếm nhị phân|Thuật toán sắp xếp`,
  "TINHOC-8": `# Chủ đề 1. Máy tính và cộng đồng
Lược sử công cụ tính toán
# Chủ đề 2. Tổ chức lưu trữ, tìm kiếm và trao đổi thông tin
Thông tin trong môi trường số|Thực hành: Khai thác thông tin số
# Chủ đề 3. Đạo đức, pháp luật và văn hoá trong môi trường số
Đạo đức và văn hoá trong sử dụng công nghệ kĩ thuật số
# Chủ đề 4. Ứng dụng tin học
Sử dụng bảng tính giải quyết bài toán thực tế|Sắp xếp và lọc dữ liệu|Trình bày dữ liệu bằng biểu đồ|Làm việc với danh sách dạng liệt kê và hình ảnh trong văn bản|Tạo đầu trang, chân trang cho văn bản
# Chủ đề 5. Giải quyết vấn đề với sự trợ giúp của máy tính
Từ thuật toán đến chương trình|Biểu diễn dữ liệu|Cấu trúc điều khiển|Gỡ lỗi`,
  "TINHOC-9": `# Chủ đề 1. Máy tính và cộng đồng
Thế giới kĩ thuật số
# Chủ đề 2. Tổ chức lưu trữ, tìm kiếm và trao đổi thông tin
Thông tin trong giải quyết vấn đề|Thực hành: Đánh giá chất lượng thông tin
# Chủ đề 3. Đạo đức, pháp luật và văn hoá trong môi trường số
Một số vấn đề pháp lí về sử dụng dịch vụ Internet
# Chủ đề 4. Ứng dụng tin học
Tìm hiểu phần mềm mô phỏng|Thực hành: Khai thác phần mềm mô phỏng|Trình bày thông tin trong trao đổi và hợp tác|Sử dụng công cụ xác thực dữ liệu|Hàm COUNTIF|Hàm SUMIF|Hàm IF
# Chủ đề 5. Giải quyết vấn đề với sự trợ giúp của máy tính
Giải quyết vấn đề|Bài toán tin học|Thực hành: Lập chương trình máy tính`,
};
