import "../../desk/login";
