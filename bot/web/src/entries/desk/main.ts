import "../../desk/main";
